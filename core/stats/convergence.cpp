// SPDX-License-Identifier: Apache-2.0
#include "core/stats/convergence.hpp"

#include <algorithm>
#include <utility>

namespace harness::stats {

std::optional<double> bound(const Attempt& attempt) {
  if (!attempt.complete()) {
    return std::nullopt;
  }
  return clopper_pearson_upper(attempt.news, attempt.runs, attempt.alpha);
}

std::optional<double> phase_bound(const Attempt& attempt, std::size_t phase) {
  if (!attempt.complete() || phase >= attempt.phases.size()) {
    return std::nullopt;
  }
  const PhaseTally& tally = attempt.phases[phase];
  return clopper_pearson_upper(tally.news, tally.reached, attempt.alpha);
}

Attempt join_parts(const std::vector<Attempt>& parts) {
  using State = Attempt::State;
  Attempt whole{.number = parts.front().number, .alpha = parts.front().alpha};
  bool drawn = true;
  bool provable = true;
  for (const Attempt& part : parts) {
    whole.planned_runs += part.planned_runs;
    whole.runs += part.runs;
    whole.news += part.news;
    whole.incomplete += part.incomplete;
    whole.incomplete_news += part.incomplete_news;
    whole.phases.resize(std::max(whole.phases.size(), part.phases.size()));
    for (std::size_t i = 0; i < part.phases.size(); ++i) {
      whole.phases[i].reached += part.phases[i].reached;
      whole.phases[i].news += part.phases[i].news;
    }
    provable = provable && part.state != State::unprovable;
    drawn = drawn && part.state != State::drawing && part.state != State::abandoned;
  }
  whole.state = !drawn           ? State::abandoned
                : !provable      ? State::unprovable
                : whole.news > 0 ? State::failed
                                 : State::passed;
  return whole;
}

ConvergenceRule::ConvergenceRule(Goal goal, State state) : goal_(goal), state_(std::move(state)) {
  abandon();
}

ConvergenceRule ConvergenceRule::drawing_part(Goal goal, unsigned number, std::uint64_t runs) {
  ConvergenceRule rule(goal);
  rule.state_.attempts.push_back(
      {.number = number, .planned_runs = runs, .alpha = attempt_alpha(goal, number)});
  return rule;
}

Attempt* ConvergenceRule::drawing() {
  return const_cast<Attempt*>(std::as_const(*this).drawing());
}

const Attempt* ConvergenceRule::drawing() const {
  if (state_.attempts.empty() || state_.attempts.back().state != Attempt::State::drawing) {
    return nullptr;
  }
  return &state_.attempts.back();
}

ConvergenceRule::Next ConvergenceRule::next() const {
  if (const Attempt* attempt = drawing()) {
    return Validate{attempt->number, attempt->planned_runs - attempt->runs, attempt->alpha};
  }
  if (converged()) {
    return Converged{};
  }
  const std::uint64_t needed = quiet_runs(goal_);
  if (state_.quiet < needed) {
    return Explore{needed - state_.quiet};
  }
  const auto number = static_cast<unsigned>(state_.attempts.size()) + 1;
  return Validate{number, attempt_runs(goal_, number), attempt_alpha(goal_, number)};
}

void ConvergenceRule::explored(std::uint64_t new_pairs) {
  state_.quiet = new_pairs > 0 ? 0 : state_.quiet + 1;
}

void ConvergenceRule::begin_attempt() {
  const Next wanted = next();
  const auto* validate = std::get_if<Validate>(&wanted);
  if (validate == nullptr || drawing() != nullptr) {
    return;
  }
  state_.attempts.push_back(
      {.number = validate->number, .planned_runs = validate->runs_left, .alpha = validate->alpha});
}

void ConvergenceRule::validated(unsigned number, const ValidationRun& run) {
  Attempt* attempt = drawing();
  if (attempt == nullptr || attempt->number != number) {
    return;
  }
  const bool news = !run.news.empty();
  if (!run.complete) {
    ++(news ? attempt->incomplete_news : attempt->incomplete);
  }
  // An incomplete run proves nothing if it shows no news, but a pair that was seen exists.
  if (run.complete || news) {
    ++attempt->runs;
    attempt->news += news ? 1 : 0;
    for (const std::uint16_t phase : run.reached) {
      attempt->phases.resize(std::max<std::size_t>(attempt->phases.size(), phase + 1U));
      PhaseTally& tally = attempt->phases[phase];
      ++tally.reached;
      tally.news += std::count(run.news.begin(), run.news.end(), phase) > 0 ? 1 : 0;
    }
  }
  decide(*attempt);
}

void ConvergenceRule::decide(Attempt& attempt) {
  if (attempt.runs >= attempt.planned_runs) {
    attempt.state = attempt.news == 0 ? Attempt::State::passed : Attempt::State::failed;
  } else if (attempt.incomplete >= attempt.planned_runs) {
    attempt.state = Attempt::State::unprovable;
  }
  if (attempt.state != Attempt::State::drawing) {
    state_.quiet = 0;
  }
}

void ConvergenceRule::abandon() {
  if (Attempt* attempt = drawing()) {
    attempt->state = Attempt::State::abandoned;
    state_.quiet = 0;
  }
}

void ConvergenceRule::reopen() {
  abandon();
  // Convergence is "the last attempt passed": one that is given up at once takes that back, and its
  // number keeps the later attempts' alphas honest.
  if (converged()) {
    const auto number = static_cast<unsigned>(state_.attempts.size()) + 1;
    state_.attempts.push_back({.number = number,
                               .planned_runs = attempt_runs(goal_, number),
                               .alpha = attempt_alpha(goal_, number),
                               .state = Attempt::State::abandoned});
  }
  state_.quiet = 0;
}

const Attempt* ConvergenceRule::last_complete() const {
  const auto& attempts = state_.attempts;
  const auto found = std::find_if(attempts.rbegin(), attempts.rend(),
                                  [](const Attempt& attempt) { return attempt.complete(); });
  return found == attempts.rend() ? nullptr : &*found;
}

bool ConvergenceRule::converged() const {
  return !state_.attempts.empty() && state_.attempts.back().state == Attempt::State::passed;
}

} // namespace harness::stats
