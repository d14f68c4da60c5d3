// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/explore_loop.hpp"

#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

namespace harness::campaign {

namespace {
constexpr auto redraw_every = std::chrono::milliseconds(100);
constexpr int ticks_per_checkpoint = 10;
constexpr std::size_t max_finds_shown = 50;
constexpr std::size_t max_messages_shown = 20;
constexpr double pace_window_s = 5;
/// A grant takes about this long, so that finds spread and commands arrive.
constexpr double slice_s = 0.1;
constexpr std::uint64_t max_runs_per_slice = 256;

TimePoint now() {
  return std::chrono::steady_clock::now();
}
} // namespace

struct ExploreLoop::Timers {
  explicit Timers(boost::asio::io_context& context) : redraw(context), budget(context) {}
  boost::asio::steady_timer redraw;
  boost::asio::steady_timer budget;
  int ticks = 0;
};

ExploreLoop::ExploreLoop(boost::asio::io_context& context, pool::WorkerPool& workers,
                         store::CampaignRecorder& recorder, std::vector<Search>& searches,
                         const pool::Interrupts& interrupts, pool::ProgressObserver& observer,
                         Options options)
    : context_(context), workers_(workers), recorder_(recorder), searches_(searches),
      interrupts_(interrupts), observer_(observer), options_(std::move(options)),
      slots_(workers.size()), began_(now()), timers_(std::make_shared<Timers>(context)) {}

ExploreLoop::~ExploreLoop() = default;

/// Canceling does not affect a timer that has expired and whose handler is queued in the context,
/// which outlives this loop. Such a handler tests this pointer.
std::weak_ptr<void> ExploreLoop::alive() const {
  return timers_;
}

double ExploreLoop::elapsed_s() const {
  return options_.elapsed_s + seconds(now() - began_);
}

LoopEnd ExploreLoop::run() {
  if (options_.time_budget) {
    timers_->budget.expires_after(
        std::chrono::duration_cast<std::chrono::milliseconds>(*options_.time_budget));
    timers_->budget.async_wait([this, alive = alive()](const boost::system::error_code& error) {
      if (!error && !alive.expired()) {
        stop(LoopEnd::time_budget);
      }
    });
  }
  // A search that has no worker yet is also part of the campaign.
  for (std::size_t search = slots_.size(); search < searches_.size(); ++search) {
    recorder_.begin_writer(searches_[search].replicate());
  }
  context_.restart();
  tick();
  workers_.serve(*this);
  if (!end_ && !interrupts_.requested()) {
    context_.run();
  }
  timers_->redraw.cancel();
  timers_->budget.cancel();
  for (auto& search : searches_) {
    keep_attempts(search);
  }
  checkpoint();
  return interrupts_.requested() ? LoopEnd::interrupted : end_.value_or(LoopEnd::interrupted);
}

void ExploreLoop::stop(LoopEnd end) {
  if (!end_) {
    end_ = end;
  }
  context_.stop();
}

void ExploreLoop::fail(std::string problem) {
  problem_ = std::move(problem);
  end_ = LoopEnd::failed;
  context_.stop();
}

// ---- commands for workers -----------------------------------------------------------------------

std::optional<std::size_t> ExploreLoop::assign(pool::WorkerNumber worker) const {
  if (const std::size_t held = slots_[worker].search; !searches_[held].finished()) {
    return held;
  }
  std::vector<std::size_t> unfinished;
  for (std::size_t i = 0; i < searches_.size(); ++i) {
    if (!searches_[i].finished()) {
      unfinished.push_back(i);
    }
  }
  return unfinished.empty() ? std::nullopt : std::optional(unfinished[worker % unfinished.size()]);
}

void ExploreLoop::began(pool::WorkerNumber worker) {
  WorkerSlot& slot = slots_[worker];
  granted_ -= slot.granted;
  const bool first = !slot.began;
  const std::size_t search = first ? worker % searches_.size() : slot.search;
  slot = {.search = search, .since = now(), .began = true};
  slot.writer = recorder_.begin_writer(searches_[search].replicate());
  searches_[search].began(worker);
}

void ExploreLoop::idle(pool::WorkerNumber worker) {
  if (end_) {
    return;
  }
  WorkerSlot& slot = slots_[worker];
  granted_ -= std::exchange(slot.granted, 0);
  const auto search = assign(worker);
  if (!search) {
    return stop(LoopEnd::finished);
  }
  if (*search != slot.search) {
    // libFuzzer has the corpus of the other replicate in this process, so a new process is needed.
    slot.search = *search;
    return workers_.replace(worker);
  }
  const Commands commands = searches_[*search].next(worker, slice_of(slot), runs_left());
  keep_attempts(searches_[*search]);
  if (commands.empty() && runs_left() == 0 && granted_ == 0) {
    return stop(LoopEnd::run_budget);
  }
  for (const auto& order : commands) {
    if (const auto* explore = std::get_if<engine::Explore>(&order)) {
      slot.granted = explore->runs;
    } else if (const auto* draw = std::get_if<engine::Draw>(&order)) {
      slot.granted = draw->to - draw->from;
    }
    workers_.send(worker, order);
  }
  granted_ += slot.granted;
}

std::uint64_t ExploreLoop::slice_of(const WorkerSlot& slot) const {
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(slot.runs_per_s * slice_s), 4,
                                   max_runs_per_slice);
}

std::uint64_t ExploreLoop::runs_left() const {
  if (!options_.run_budget) {
    return UINT64_MAX;
  }
  const std::uint64_t spent = runs_ + granted_;
  return *options_.run_budget > spent ? *options_.run_budget - spent : 0;
}

void ExploreLoop::died(pool::WorkerNumber worker, const std::optional<std::string>& input,
                       const std::string& why) {
  std::string note = fmt::format("worker {} died ({}) and was replaced", worker + 1, why);
  if (input) {
    // The input is retried once; after that it is quarantined as a failure of the worker.
    Search& search = searches_[slots_[worker].search];
    if (++deaths_[*input] < 2) {
      search.retry(worker, *input);
    } else {
      search.quarantined(*input);
      note += "; its input is quarantined in failures/worker-death";
      const auto kept = recorder_.record_failure(
          "worker-death", {.kind = store::FailureRecord::Kind::other, .what = why}, *input);
      if (!kept) {
        return fail(kept.error().message);
      }
    }
  }
  messages_.push_front(note);
  messages_.resize(std::min(messages_.size(), max_messages_shown));
  observer_.message(note);
  (void)recorder_.log("worker", note);
}

// ---- messages of workers ------------------------------------------------------------------------

void ExploreLoop::on_message(pool::WorkerNumber worker, engine::Message message) {
  if (!end_) {
    std::visit([&](auto& chosen) { on(worker, chosen); }, message);
  }
}

store::RunRecord ExploreLoop::record_of(const WorkerSlot& slot, const engine::Run& run) const {
  store::RunRecord record{.writer = slot.writer,
                          .after_s = elapsed_s(),
                          .row = !run.discovering && run.ending != engine::Ending::tracer_failed,
                          .incomplete = run.incomplete,
                          .reached = run.reached,
                          .crashed = run.ending == engine::Ending::crashed,
                          .timed_out = run.ending == engine::Ending::timed_out,
                          .bucket = run.bucket};
  if (run.ending == engine::Ending::tracer_failed && record.incomplete.empty()) {
    record.incomplete = {Incomplete::lost_tracee}; // its result is lost
  }
  for (const auto& seen : run.pairs) {
    if (seen.pair < slot.pairs.size()) {
      record.pairs.push_back(
          {.pair = slot.pairs[seen.pair],
           .calls = run.discovering && seen.calls == 0 ? std::nullopt : std::optional(seen.calls),
           .only_faulted = seen.only_faulted,
           .backtrace = {}});
    }
  }
  if (run.find) {
    for (const auto& located : run.find->pairs) {
      for (auto& pair : record.pairs) {
        if (located.pair < slot.pairs.size() && pair.pair == slot.pairs[located.pair]) {
          pair.backtrace = located.backtrace;
        }
      }
    }
  }
  return record;
}

void ExploreLoop::on(pool::WorkerNumber worker, engine::Run& run) {
  WorkerSlot& slot = slots_[worker];
  Search& search = searches_[slot.search];
  for (const auto& pair : run.defined) {
    slot.pairs.push_back(recorder_.pair(pair));
  }
  std::vector<engine::KnownPair> pairs;
  for (const auto& seen : run.pairs) {
    if (seen.pair < slot.pairs.size()) {
      pairs.push_back({recorder_.key(slot.pairs[seen.pair]), seen.only_faulted});
    }
  }
  store::RunRecord record = record_of(slot, run);
  // An input that hangs is saved if it is a reproducer, but is not shared for mutation.
  const bool fresh =
      run.find && (search.new_features(run.find->features) || !run.find->pairs.empty());
  record.keep = fresh && (!record.timed_out || !run.find->pairs.empty());
  record.input = run.input;
  const auto news = recorder_.record(record);
  if (!news) {
    return fail(news.error().message);
  }
  ++runs_;
  if (slot.granted > 0) {
    --slot.granted;
    --granted_;
  }
  ++slot.runs;
  slot.runs_per_s = static_cast<double>(slot.runs) / std::max(seconds(now() - slot.since), 1e-3);
  search.ran(run, pairs);
  share(worker, run, record.keep);
  keep_attempts(search);
  if (news->any()) {
    announce(*news);
  }
}

void ExploreLoop::share(pool::WorkerNumber worker, const engine::Run& run, bool keep) {
  if (!run.find) {
    return;
  }
  Search& search = searches_[slots_[worker].search];
  search.learn_words(run.find->words);
  if (keep) {
    // The libFuzzer of this worker does not have an input that was made for a validation.
    const bool its_own = run.origin == engine::Run::Origin::exploring;
    search.add_input(run.input, its_own ? std::optional<std::uint32_t>(worker) : std::nullopt);
  }
}

void ExploreLoop::on(pool::WorkerNumber worker, engine::Failure& failure) {
  using Kind = store::FailureRecord::Kind;
  store::FailureRecord record{.after_s = elapsed_s(),
                              .kind = failure.ending == engine::Ending::crashed     ? Kind::crash
                                      : failure.ending == engine::Ending::timed_out ? Kind::time_out
                                                                                    : Kind::other,
                              .what = failure.what,
                              .last_calls = {},
                              .output_tail = failure.output_tail};
  for (const auto& call : failure.last_calls) {
    record.last_calls.push_back(qualified_name(call));
  }
  const auto kept = recorder_.record_failure(failure.bucket, std::move(record), failure.input);
  if (!kept) {
    fail(kept.error().message);
  }
}

void ExploreLoop::on(pool::WorkerNumber worker, engine::Tally& tally) {
  recorder_.tally(slots_[worker].writer, tally.arguments, tally.errnos);
}

void ExploreLoop::checkpoint() {
  recorder_.set_elapsed(elapsed_s());
  for (const auto& search : searches_) {
    // The quiet runs since the last news, which decide when the next attempt begins.
    const auto kept = recorder_.set_convergence(search.rule().state(), {}, search.replicate());
    if (!kept) {
      return fail(kept.error().message);
    }
  }
  if (auto saved = recorder_.checkpoint(); !saved) {
    fail(saved.error().message);
  }
}

void ExploreLoop::keep_attempts(Search& search) {
  const auto& attempts = search.rule().state().attempts;
  if (attempts.empty()) {
    return;
  }
  const std::pair now_is(attempts.size(), attempts.back().state);
  auto& kept = attempts_kept_[search.replicate()];
  if (kept == now_is) {
    return;
  }
  kept = now_is;
  const auto saved =
      recorder_.set_convergence(search.rule().state(), search.attempt_news(), search.replicate());
  if (!saved) {
    fail(saved.error().message);
  }
}

void ExploreLoop::announce(const store::NewPairs& news) {
  for (const auto& pair : news.pairs) {
    const reports::LiveFind find{.after_s = elapsed_s(),
                                 .phase = pair.phase,
                                 .call = qualified_name(pair.call),
                                 .executable = pair.executable,
                                 .input = news.input};
    last_new_[pair.phase] = {recorder_.runs(), find.after_s};
    finds_.push_front(find);
    observer_.found(find);
  }
  finds_.resize(std::min(finds_.size(), max_finds_shown));
}

// ---- timers -------------------------------------------------------------------------------------

void ExploreLoop::tick() {
  timers_->redraw.expires_after(redraw_every);
  timers_->redraw.async_wait([this, alive = alive()](const boost::system::error_code& error) {
    if (!error && !alive.expired()) {
      tick();
    }
  });
  pace_.emplace_back(elapsed_s(), runs_);
  while (pace_.back().first - pace_.front().first > pace_window_s) {
    pace_.pop_front();
  }
  if (++timers_->ticks % ticks_per_checkpoint == 0) {
    checkpoint();
  }
  observer_.update(live_state());
}

} // namespace harness::campaign
