// What the live screen shows of an ExploreLoop.
// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/explore_loop.hpp"

#include "core/stats/bounds.hpp"

#include <algorithm>

namespace harness::campaign {

namespace {

std::uint64_t counted(const store::CampaignState& campaign_state, store::Counter::Kind kind) {
  return campaign_state.total(kind);
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
  const store::CampaignState& campaign_state = recorder_.state();
  reports::LiveState state;
  state.campaign = options_.name;
  state.stage = "exploring";
  state.elapsed_s = elapsed_s();
  state.runs = recorder_.runs();
  const auto& [first_s, first_runs] = pace_.front();
  const double span_s = std::max(pace_.back().first - first_s, 1e-3);
  state.runs_per_s = static_cast<double>(pace_.back().second - first_runs) / span_s;
  state.corpus = campaign_state.inputs.size();
  state.crashes = counted(campaign_state, store::Counter::Kind::crashes);
  state.time_outs = counted(campaign_state, store::Counter::Kind::time_outs);
  state.incomplete = campaign_state.profile.total_incomplete_runs();
  state.restarts = workers_.restarts();
  state.before_s = options_.elapsed_s;
  state.before_runs = recorder_.runs() - runs_;
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
    // Of several replicates, the one that is furthest from its end is shown.
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
  const auto pairs = campaign_state.pairs_by_phase();
  for (const auto& phase : campaign_state.profile.phases) {
    const auto calls = pairs.find(phase);
    const auto last = last_new_.find(phase);
    const PhaseNews news = last == last_new_.end() ? PhaseNews{} : last->second;
    state.phases.push_back({.name = phase,
                            .calls = calls == pairs.end() ? 0 : calls->second,
                            .runs = campaign_state.profile.runs_reaching(phase),
                            .runs_since_new = recorder_.runs() - news.at_run,
                            .last_new_s = news.after_s});
  }
  state.finds.assign(finds_.begin(), finds_.end());
  state.messages.assign(messages_.begin(), messages_.end());
  for (const auto& [bucket, failure] : campaign_state.failures) {
    state.failures.push_back(
        {bucket, campaign_state.total(store::Counter::Kind::bucket, bucket), failure.what});
  }
  for (pool::WorkerNumber worker = 0; worker < slots_.size(); ++worker) {
    const WorkerSlot& slot = slots_[worker];
    state.workers.push_back({.number = worker + 1,
                             .state = !slot.began                           ? "starting"
                                      : searches_[slot.search].validating() ? "validating"
                                                                            : "exploring",
                             .runs = slot.runs,
                             .runs_per_s = slot.runs_per_s});
  }
  state.hint = "Ctrl-C stops; all results are saved";
  return state;
}

} // namespace harness::campaign
