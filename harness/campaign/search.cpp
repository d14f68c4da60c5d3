// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/search.hpp"

#include "core/base/random.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>

namespace harness::campaign {

namespace {

stats::ConvergenceRule rule_of(const Search::Options& options) {
  if (!options.part) {
    return {options.goal, options.state};
  }
  const auto [attempt, shard] = *options.part;
  const auto runs = range_of(stats::attempt_runs(options.goal, attempt), shard);
  return stats::ConvergenceRule::drawing_part(options.goal, attempt, runs.size());
}

} // namespace

Search::Search(Options options)
    : options_(std::move(options)), rule_(rule_of(options_)), quiet_(options_.state.quiet) {}

// ---- events -------------------------------------------------------------------------------------

void Search::add_input(const std::string& text, std::optional<std::uint32_t> not_for) {
  if (hashes_.insert(input_hash(text)).second) {
    corpus_.push_back({text, not_for});
  }
}

void Search::quarantined(const std::string& text) {
  hashes_.insert(input_hash(text)); // it cannot be added later either
  for (auto& entry : corpus_) {
    entry.quarantined = entry.quarantined || entry.text == text;
  }
}

void Search::know(const engine::KnownPair& pair) {
  const auto [place, fresh] = is_known_.try_emplace(pair.pair, pair.only_faulted);
  if (fresh || (place->second && !pair.only_faulted)) {
    place->second = pair.only_faulted;
    known_.push_back(pair);
  }
  calls_.insert(pair.pair.phase_call());
}

void Search::learn_words(const std::vector<std::string>& words) {
  words_.insert(words_.end(), words.begin(), words.end());
}

PhaseIndex Search::index_of(const std::string& phase) const {
  const auto found = std::find(options_.phases.begin(), options_.phases.end(), phase);
  return static_cast<PhaseIndex>(found - options_.phases.begin());
}

bool Search::ran(const engine::Run& run, const std::vector<engine::KnownPair>& pairs) {
  std::uint64_t fresh = 0;
  std::set<PhaseIndex> failed_phases;
  const bool of_attempt = run.origin == engine::Run::Origin::validating && validating() &&
                          run.attempt == frozen_.attempt;
  for (const auto& pair : pairs) {
    const PhaseCall call = pair.pair.phase_call();
    if (!calls_.contains(call)) {
      ++fresh;
    }
    if (of_attempt && !frozen_calls_.contains(call)) {
      failed_phases.insert(index_of(call.phase));
      attempt_news_.insert(pair.pair);
    }
    know(pair);
  }
  quiet_ = fresh > 0 ? 0 : quiet_ + 1;
  if (run.origin == engine::Run::Origin::exploring) {
    rule_.explored(fresh);
    return fresh > 0;
  }
  const bool pending_runs = std::any_of(views_.begin(), views_.end(), [&](auto& view) {
    return view.second.pending_runs.erase(run.index) > 0;
  });
  if (of_attempt && pending_runs) {
    --outstanding_;
    rule_.validated(run.attempt, {.complete = run.incomplete.empty(),
                                  .reached = run.reached,
                                  .news = {failed_phases.begin(), failed_phases.end()}});
  }
  return fresh > 0;
}

// ---- decisions ----------------------------------------------------------------------------------

bool Search::validating() const {
  const auto& attempts = rule_.state().attempts;
  return !attempts.empty() && attempts.back().state == stats::Attempt::State::drawing;
}

bool Search::finished() const {
  if (options_.part) {
    return !validating();
  }
  switch (options_.until) {
  case Until::converged:
    return rule_.converged();
  case Until::quiet:
    return quiet_ >= options_.quiet_runs;
  case Until::budget:
    return false;
  }
  return false;
}

std::uint64_t Search::worker_seed(std::uint32_t worker, std::uint64_t incarnation) const {
  return Random(options_.seed).derive(worker).derive(incarnation).next();
}

void Search::began(std::uint32_t worker) {
  WorkerView& view = views_[worker];
  const auto pending_runs = std::exchange(view.pending_runs, {});
  for (const std::uint64_t index : pending_runs) {
    // Only the first run can have begun; the others were still waiting.
    if (index == *pending_runs.begin() && ++deaths_[index] >= 2) {
      --outstanding_;
      rule_.validated(frozen_.attempt, {.complete = false, .reached = {}, .news = {}});
      continue;
    }
    --outstanding_;
    to_draw_.push_front(index);
  }
  view = {.incarnation = view.incarnation + 1};
}

void Search::add_new_pairs(WorkerView& view, std::uint32_t worker, Commands& commands) {
  engine::Inputs news;
  for (; view.inputs < corpus_.size(); ++view.inputs) {
    const Entry& entry = corpus_[view.inputs];
    if (!entry.quarantined && (entry.not_for != worker || view.incarnation > 1)) {
      news.texts.push_back(entry.text);
    }
  }
  if (const auto retry = retries_.find(worker); retry != retries_.end()) {
    news.texts.push_back(retry->second);
    retries_.erase(retry);
  }
  for (; view.pairs < known_.size(); ++view.pairs) {
    news.known.push_back(known_[view.pairs]);
  }
  for (; view.words < words_.size(); ++view.words) {
    news.words.push_back(words_[view.words]);
  }
  if (!news.texts.empty() || !news.known.empty() || !news.words.empty()) {
    commands.emplace_back(std::move(news));
  }
}

void Search::begin_attempt() {
  rule_.begin_attempt();
  const stats::Attempt& attempt = rule_.state().attempts.back();
  frozen_ = {.attempt = attempt.number, .texts = {}, .words = words_, .calls = {}};
  for (const auto& entry : corpus_) {
    if (!entry.quarantined) {
      frozen_.texts.push_back(entry.text);
    }
  }
  for (const auto& [phase, call] : calls_) {
    frozen_.calls.push_back(syscall_name(call));
  }
  std::sort(frozen_.calls.begin(), frozen_.calls.end());
  frozen_.calls.erase(std::unique(frozen_.calls.begin(), frozen_.calls.end()), frozen_.calls.end());
  frozen_calls_ = calls_;
  to_draw_.clear();
  deaths_.clear();
  attempt_news_.clear();
  indices_ = 0;
  outstanding_ = 0;
  for (auto& [worker, view] : views_) {
    view.pending_runs.clear();
  }
}

std::uint64_t Search::next_index() {
  const std::uint64_t position = indices_++;
  if (!options_.part) {
    return position;
  }
  const auto [attempt, shard] = *options_.part;
  const std::uint64_t whole = stats::attempt_runs(options_.goal, attempt);
  const RunRange own = range_of(whole, shard);
  // Replacements for incomplete runs get numbers beyond the planned ones: every count-th number, so
  // that no two shards make the same run.
  return position < own.size() ? own.from + position
                               : whole + (position - own.size()) * shard.count + shard.index - 1;
}

Commands Search::draw(WorkerView& view, std::uint64_t most) {
  Commands commands;
  if (view.frozen != frozen_.attempt) {
    commands.emplace_back(frozen_);
    view.frozen = frozen_.attempt;
  }
  // A chunk is a range; numbers that a dead worker left are granted one by one.
  const std::uint64_t from = to_draw_.front();
  std::uint64_t to = from;
  while (!to_draw_.empty() && to_draw_.front() == to && to - from < most) {
    view.pending_runs.insert(to);
    to_draw_.pop_front();
    ++outstanding_;
    ++to;
  }
  const std::uint64_t seed = Random(options_.seed).derive(~std::uint64_t{frozen_.attempt}).next();
  commands.emplace_back(
      engine::Draw{.attempt = frozen_.attempt, .seed = seed, .from = from, .to = to});
  return commands;
}

Commands Search::next(std::uint32_t worker, std::uint64_t slice, std::uint64_t max_runs) {
  WorkerView& view = views_[worker];
  const std::uint64_t runs = std::min(std::max<std::uint64_t>(slice, 1), max_runs);
  if (runs == 0 || finished()) {
    return {};
  }
  std::uint64_t until_trigger = runs;
  if (options_.until == Until::converged) {
    auto wanted = rule_.next();
    if (const auto* validate = std::get_if<stats::ConvergenceRule::Validate>(&wanted)) {
      if (frozen_.attempt != validate->number) {
        begin_attempt();
      }
      // An incomplete run is replaced.
      const std::uint64_t given = outstanding_ + to_draw_.size();
      for (std::uint64_t i = given; i < validate->runs_left; ++i) {
        to_draw_.push_back(next_index());
      }
      if (!to_draw_.empty()) {
        return draw(view, runs);
      }
    } else if (const auto* explore = std::get_if<stats::ConvergenceRule::Explore>(&wanted)) {
      until_trigger = explore->quiet_left / options_.workers;
    }
  } else if (options_.until == Until::quiet) {
    until_trigger = (options_.quiet_runs - quiet_) / options_.workers;
  }
  Commands commands;
  add_new_pairs(view, worker, commands);
  commands.emplace_back(engine::Explore{.seed = worker_seed(worker, view.incarnation),
                                        .runs = std::clamp<std::uint64_t>(until_trigger, 1, runs)});
  return commands;
}

} // namespace harness::campaign
