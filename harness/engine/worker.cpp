// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker.hpp"

#include "core/base/random.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/engine/outcome.hpp"
#include "harness/engine/worth_learning.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace harness::engine {

namespace {

std::vector<std::string> names_of(const std::vector<Phase>& phases) {
  std::vector<std::string> names;
  for (const auto& phase : phases) {
    names.push_back(phase.name);
  }
  return names.empty() ? std::vector<std::string>{"all"} : names;
}

mutators::GeneratorOptions generator_options(const CampaignPlan& plan) {
  mutators::GeneratorOptions options{.fresh_share = plan.explore.fresh_share,
                                     .base_files = plan.workload.files};
  for (std::size_t i = 1; i < plan.phases.size(); ++i) {
    options.phases.push_back(plan.phases[i].name);
  }
  return options;
}

/// The serving phase of a server shows only when clients connect, so that an input with a script is
/// preferred: the first such input, else the first input, else the empty one.
Input calibration_input(const std::vector<std::string>& texts) {
  std::optional<Input> first;
  for (const auto& text : texts) {
    auto input = parse_input(text);
    if (input && !input->script.empty()) {
      return *std::move(input);
    }
    if (input && !first) {
      first = *std::move(input);
    }
  }
  return first.value_or(Input{});
}

/// A worker that can't map its share observes by ptrace: everything else works as well.
std::unique_ptr<tracer::KernelMemory> map_kernel(const Setup& setup) {
  if (!setup.kernel) {
    return nullptr;
  }
  auto memory = tracer::KernelMemory::map(*setup.kernel);
  for (const int map : setup.kernel->maps) {
    ::close(map);
  }
  return memory ? std::move(*memory) : nullptr;
}

} // namespace

Worker::Worker(CampaignPlan plan, const Setup& setup, Channel& channel, tracer::StopFlag& stop)
    : plan_(std::move(plan)), channel_(channel), stop_(stop), kernel_(map_kernel(setup)),
      runner_(plan_, {.directory = setup.directory,
                      .hidden = setup.hidden,
                      .isolated = setup.isolated,
                      .filters = setup.filters,
                      .report_violations = setup.report_violations,
                      .kernel = kernel_.get()}),
      phases_(names_of(plan_.phases)), table_(phases_), grammar_(mutators::compile(plan_.grammar)),
      generator_(grammar_, mutators::Dictionary(plan_.grammar.dictionary),
                 generator_options(plan_)),
      numbers_(phases_), novelty_(phases_) {}

void Worker::work() {
  queue(Hello{});
  await_grant();
  fuzz(*this, table_, seed_);
}

void Worker::await_grant() {
  while (grant_ == 0) {
    auto command = channel_.receive();
    if (stop_.requested()) {
      leave();
    }
    if (!command && command.error().code == EINTR) {
      continue;
    }
    if (!command) {
      give_up(command.error().message);
    }
    if (!*command) {
      leave(); // the coordinator is gone
    }
    if (std::visit([this](auto& chosen) { return handle(chosen); }, **command)) {
      idle();
    }
  }
}

void Worker::idle() {
  Tally tally = tallies_.take();
  if (!tally.arguments.empty() || !tally.errnos.empty()) {
    queue(std::move(tally));
  }
  queue(Idle{});
}

// ---- the search ---------------------------------------------------------------------------------

std::optional<std::string> Worker::take_import() {
  if (imports_.empty()) {
    return std::nullopt;
  }
  std::string text = std::move(imports_.front());
  imports_.pop_front();
  return text;
}

std::string Worker::mutate(std::string_view text, std::size_t longest_bytes, std::uint64_t seed) {
  if (auto import = take_import()) {
    return std::move(*import);
  }
  Random random(seed);
  const auto input = parse_input(text);
  const bool fresh = !input || random.unit() < plan_.explore.fresh_share;
  std::string changed =
      serialize_input(fresh ? generator_.fresh(random) : generator_.mutate(*input, random));
  return changed.size() <= longest_bytes ? changed : std::string(text);
}

std::string Worker::cross(std::string_view a, std::string_view b, std::size_t longest_bytes,
                          std::uint64_t seed) {
  Random random(seed);
  // libFuzzer asks for every second input to be a crossing; one in four of those is plenty.
  const auto first = parse_input(a);
  const auto second = parse_input(b);
  if (!imports_.empty() || !first || !second || !random.chance(1, 4)) {
    return mutate(a, longest_bytes, random.next());
  }
  std::string crossed = serialize_input(generator_.cross(*first, *second, random));
  return crossed.size() <= longest_bytes ? crossed : std::string(a);
}

Features Worker::run(std::string_view text) {
  if (grant_ == 0) {
    idle();
    await_grant();
  }
  const auto input = parse_input(text);
  if (!input) {
    return {};
  }
  --grant_;
  const std::string owned(text);
  starting(owned);
  const Shown shown = explore(*input);
  const Features features = features_of(shown.result, table_);
  const auto numbers = feature_numbers(features, table_);

  Run line{.input = owned};
  const std::size_t news = report(line, shown, *input, numbers);
  // An input that hangs or is slow would be mutated repeatedly; only a new pair justifies that.
  const bool slow = slowness_.slow(shown.result.calls);
  const bool worth_keeping = !timed_out(shown.result) && (news > 0 || !slow);
  return worth_keeping ? features : Features{};
}

Shown Worker::explore(const Input& input) {
  Watch watch{.known_sites = novelty_.sites()};
  if (plan_.explore.mode == Mode::discover) {
    watch.free = novelty_.calls_of(phases_.back());
  }
  Shown shown = runner_.run(input, watch, stop_);
  if (std::holds_alternative<Interrupted>(shown.result.end)) {
    leave();
  }
  learn_words(shown.result, input);
  tallies_.add(shown.result);
  return shown;
}

void Worker::learn_words(const RunResult& result, const Input& input) {
  for (const auto& word : result.strings) {
    if (worth_learning(word, input) && generator_.learn_word(word)) {
      words_.push_back(word);
    }
  }
}

// ---- messages to the coordinator ----------------------------------------------------------------

void Worker::starting(const std::string& text) {
  if (auto sent = channel_.send(Starting{text}); !sent) {
    leave(); // the coordinator is gone
  }
}

std::size_t Worker::report(Run& line, const Shown& shown, const Input& input,
                           const std::vector<std::uint32_t>& numbers) {
  const RunResult& result = shown.result;
  line.ending = ending_of(result);
  line.incomplete = result.incomplete;
  line.reached = reached_phases(result);
  line.pairs = numbers_.line_of(result, line.defined);
  line.bucket = bucket_of(result);
  line.calls = result.calls;
  line.stops = result.stops;
  line.wall = result.wall;
  line.faulted = result.faulted;
  line.discovering = std::any_of(result.sightings.begin(), result.sightings.end(),
                                 [](const Sighting& seen) { return !seen.calls; });
  const auto news = novelty_.news(result);
  if (novelty_.new_features(numbers) || !news.empty()) {
    line.find = Find{.pairs = located(news, result, input), .features = numbers};
    std::swap(line.find->words, words_);
  }
  if (!line.bucket.empty() && buckets_.insert(line.bucket).second) {
    queue(Failure{.input = line.input,
                  .bucket = line.bucket,
                  .what = describe(result.end),
                  .ending = line.ending,
                  .last_calls = result.last_calls,
                  .output_tail = shown.output_tail});
  }
  queue(line);
  return news.size();
}

std::vector<Find::Pair> Worker::located(const std::vector<const Sighting*>& news,
                                        const RunResult& result, const Input& input) {
  std::vector<Find::Pair> pairs;
  bool all_located = true;
  for (const Sighting* sighting : news) {
    generator_.learn_call(syscall_name(sighting->call));
    pairs.push_back({numbers_.of(pair_of(*sighting, result, phases_)), sighting->backtrace});
    all_located = all_located && !sighting->backtrace.empty();
  }
  if (all_located) {
    return pairs;
  }
  // Calls that other phases have shown before run without a backtrace: look once more.
  const Shown again = runner_.run(input, {.all_sites = true}, stop_);
  learn_words(again.result, input);
  for (const auto& sighting : again.result.sightings) {
    const auto wanted = std::find_if(news.begin(), news.end(), [&](const Sighting* one) {
      return pair_of(*one, result, phases_) == pair_of(sighting, again.result, phases_);
    });
    if (wanted != news.end()) {
      auto& backtrace = pairs[static_cast<std::size_t>(wanted - news.begin())].backtrace;
      backtrace = backtrace.empty() ? sighting.backtrace : backtrace;
    }
  }
  return pairs;
}

// ---- commands -----------------------------------------------------------------------------------

bool Worker::handle(Setup&) {
  give_up("the worker was set up twice");
}

bool Worker::handle(Calibrate& command) {
  const auto phases = runner_.find_phases(calibration_input(command.inputs), stop_);
  Calibrated answer;
  if (phases) {
    for (const auto& phase : *phases) {
      answer.phases.emplace_back(phase.name, trigger_text(phase.trigger));
    }
  } else {
    answer.error = phases.error().message;
  }
  queue(std::move(answer));
  return true;
}

bool Worker::handle(Inputs& command) {
  for (auto& text : command.texts) {
    imports_.push_back(std::move(text));
  }
  novelty_.know(command.known);
  for (const auto& pair : command.known) {
    generator_.learn_call(syscall_name(pair.pair.call));
  }
  for (const auto& word : command.words) {
    generator_.learn_word(word);
  }
  return false;
}

bool Worker::handle(Explore& command) {
  seed_ = command.seed;
  grant_ = command.runs;
  return grant_ == 0;
}

bool Worker::handle(Freeze& command) {
  frozen_generator_.emplace(grammar_, mutators::Dictionary(command.words),
                            generator_options(plan_));
  for (const auto& call : command.calls) {
    frozen_generator_->learn_call(call);
  }
  frozen_corpus_.clear();
  for (const auto& text : command.texts) {
    if (auto input = parse_input(text)) {
      frozen_corpus_.push_back(std::move(*input));
    }
  }
  return false;
}

bool Worker::handle(Draw& command) {
  if (!frozen_generator_) {
    give_up("fresh runs were requested without a frozen generator");
  }
  const Random attempt(command.seed);
  for (std::uint64_t index = command.from; index < command.to; ++index) {
    // Each run has its own random stream, so that it is the same in any worker and any order.
    Random random = attempt.derive(index);
    const Input input = frozen_generator_->draw(frozen_corpus_, random);
    std::string text = serialize_input(input);
    starting(text);
    const Shown shown = explore(input);
    Run line{.input = std::move(text),
             .origin = Run::Origin::validating,
             .attempt = command.attempt,
             .index = index};
    report(line, shown, input, feature_numbers(features_of(shown.result, table_), table_));
  }
  return true;
}

bool Worker::handle(Replay& command) {
  const auto input = parse_input(command.text);
  for (std::uint32_t i = 0; input && i < command.times; ++i) {
    starting(command.text);
    Shown shown = runner_.run(
        *input,
        {.guide = false, .all_sites = !command.compare, .output = true, .compare = command.compare},
        stop_);
    queue(Replayed{command.token, std::move(shown.result), std::move(shown.output_tail),
                   std::move(shown.printed)});
  }
  return true;
}

bool Worker::handle(Stop&) {
  leave();
}

// ---- endings ------------------------------------------------------------------------------------

void Worker::leave() {
  (void)channel_.flush();
  ::_exit(0);
}

void Worker::give_up(const std::string& problem) {
  (void)channel_.send(Broken{problem});
  ::_exit(1);
}

} // namespace harness::engine
