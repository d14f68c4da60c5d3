// What the live screen shows of an ExploreLoop.
#include "harness/campaign/explore_loop.hpp"

#include "core/stats/bounds.hpp"

#include <algorithm>

namespace harness::campaign {

namespace {

std::uint64_t counted(const store::Books& books, store::Counter::Kind kind) {
  return books.total(kind);
}

reports::LiveAttempt live_attempt(const stats::Attempt& attempt) {
  return {.number = attempt.number,
          .runs = attempt.runs,
          .planned = attempt.planned_runs,
          .news = attempt.news,
          .bound = stats::clopper_pearson_upper(attempt.news, attempt.runs, attempt.alpha)};
}

} // namespace

reports::LiveState ExploreLoop::live_state() const {
  const store::Books& books = ledger_.books();
  reports::LiveState state;
  state.campaign = options_.name;
  state.stage = "exploring";
  state.elapsed_s = elapsed_s();
  state.runs = ledger_.runs();
  const auto& [first_s, first_runs] = pace_.front();
  const double span_s = std::max(pace_.back().first - first_s, 1e-3);
  state.runs_per_s = static_cast<double>(pace_.back().second - first_runs) / span_s;
  state.corpus = books.inputs.size();
  state.crashes = counted(books, store::Counter::Kind::crashes);
  state.time_outs = counted(books, store::Counter::Kind::time_outs);
  state.incomplete = books.profile.total_incomplete_runs();
  state.restarts = crew_.restarts();
  state.before_s = options_.elapsed_s;
  state.before_runs = ledger_.runs() - runs_;
  if (options_.time_budget) {
    state.budget_s = seconds(*options_.time_budget);
  }
  state.budget_runs = options_.run_budget;
  state.epsilon = options_.epsilon;
  state.confidence = options_.confidence;
  if (options_.until != Until::budget) {
    state.quiet_runs_needed = options_.quiet_runs;
  }
  for (const auto& search : searches_) {
    // Of several replicates the one that has furthest to go.
    const bool least = &search == &searches_.front() || search.quiet() < state.quiet_runs;
    state.quiet_runs = least ? search.quiet() : state.quiet_runs;
    if (search.validating()) {
      state.stage = "validating";
      const auto attempt = live_attempt(search.rule().state().attempts.back());
      if (!state.attempt ||
          attempt.planned - attempt.runs > state.attempt->planned - state.attempt->runs) {
        state.attempt = attempt;
      }
    }
  }
  const auto pairs = books.pairs_by_phase();
  for (const auto& phase : books.profile.phases) {
    const auto calls = pairs.find(phase);
    const auto last = last_new_.find(phase);
    const PhaseNews news = last == last_new_.end() ? PhaseNews{} : last->second;
    state.phases.push_back({.name = phase,
                            .calls = calls == pairs.end() ? 0 : calls->second,
                            .runs = books.profile.runs_reaching(phase),
                            .runs_since_new = ledger_.runs() - news.at_run,
                            .last_new_s = news.after_s});
  }
  state.finds.assign(finds_.begin(), finds_.end());
  state.messages.assign(messages_.begin(), messages_.end());
  for (const auto& [bucket, failure] : books.failures) {
    state.failures.push_back(
        {bucket, books.total(store::Counter::Kind::bucket, bucket), failure.what});
  }
  for (pool::WorkerNumber worker = 0; worker < seats_.size(); ++worker) {
    const Seat& seat = seats_[worker];
    state.workers.push_back({.number = worker + 1,
                             .state = !seat.began                           ? "starting"
                                      : searches_[seat.search].validating() ? "validating"
                                                                            : "exploring",
                             .runs = seat.runs,
                             .runs_per_s = seat.runs_per_s});
  }
  state.hint = "Ctrl-C stops and keeps everything";
  return state;
}

} // namespace harness::campaign
