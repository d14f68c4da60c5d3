// SPDX-License-Identifier: Apache-2.0
#include "core/stats/convergence.hpp"

#include <doctest/doctest.h>

using namespace harness::stats;

namespace {

const Goal goal{.epsilon = .05, .confidence = .95};
const ValidationRun silent{.reached = {0, 1}};
const ValidationRun news{.reached = {0, 1}, .news = {1}};

void explore_quietly(ConvergenceRule& rule, std::uint64_t runs) {
  for (std::uint64_t i = 0; i < runs; ++i) {
    rule.explored(0);
  }
}

/// Brings the rule to the start of its next attempt and begins it.
ConvergenceRule::Validate start_attempt(ConvergenceRule& rule) {
  explore_quietly(rule, 30);
  rule.begin_attempt();
  return std::get<ConvergenceRule::Validate>(rule.next());
}

void draw(ConvergenceRule& rule, unsigned attempt, std::uint64_t runs,
          const ValidationRun& run = silent) {
  for (std::uint64_t i = 0; i < runs; ++i) {
    rule.validated(attempt, run);
  }
}

} // namespace

TEST_CASE("quiet exploring leads to an attempt, a quiet attempt to convergence") {
  ConvergenceRule rule(goal);
  CHECK(rule.next() == ConvergenceRule::Next{ConvergenceRule::Explore{30}});
  explore_quietly(rule, 29);
  rule.explored(2);
  CHECK(rule.next() == ConvergenceRule::Next{ConvergenceRule::Explore{30}});
  const auto first = start_attempt(rule);
  CHECK(first.number == 1);
  CHECK(first.runs_left == 72);
  CHECK(first.alpha == doctest::Approx(.025));
  draw(rule, 1, 71);
  CHECK_FALSE(rule.converged());
  CHECK_FALSE(bound(rule.state().attempts.back()));
  draw(rule, 1, 1);
  CHECK(rule.converged());
  CHECK(rule.next() == ConvergenceRule::Next{ConvergenceRule::Converged{}});
  CHECK(*bound(*rule.last_complete()) < .05);
  CHECK(*phase_bound(*rule.last_complete(), 1) == *bound(*rule.last_complete()));
  CHECK_FALSE(phase_bound(*rule.last_complete(), 2));
}

TEST_CASE("news lets the batch go on to its end, fail, and the next one be larger") {
  ConvergenceRule rule(goal);
  start_attempt(rule);
  draw(rule, 1, 1, news);
  CHECK(std::get<ConvergenceRule::Validate>(rule.next()).runs_left == 71);
  draw(rule, 1, 71);
  CHECK(rule.last_complete()->state == Attempt::State::failed);
  CHECK(*bound(*rule.last_complete()) > .05);
  CHECK(*phase_bound(*rule.last_complete(), 0) < .05);
  CHECK(*phase_bound(*rule.last_complete(), 1) > .05);
  CHECK(rule.next() == ConvergenceRule::Next{ConvergenceRule::Explore{30}});
  CHECK(start_attempt(rule).runs_left == 94);
}

TEST_CASE("an incomplete run is replaced; with news it fails the attempt") {
  ConvergenceRule rule(goal);
  start_attempt(rule);
  draw(rule, 1, 5, {.complete = false, .reached = {0}});
  CHECK(std::get<ConvergenceRule::Validate>(rule.next()).runs_left == 72);
  draw(rule, 1, 1, {.complete = false, .reached = {0}, .news = {0}});
  draw(rule, 1, 71);
  const Attempt& attempt = rule.state().attempts.back();
  CHECK(attempt.state == Attempt::State::failed);
  CHECK(attempt.incomplete == 5);
  CHECK(attempt.incomplete_news == 1);
  CHECK(attempt.news == 1);
}

TEST_CASE("a target that is never seen whole can't hold an attempt forever") {
  ConvergenceRule rule(goal);
  start_attempt(rule);
  draw(rule, 1, 72, {.complete = false});
  CHECK(rule.state().attempts.back().state == Attempt::State::unprovable);
  CHECK(rule.last_complete() == nullptr);
  CHECK(std::holds_alternative<ConvergenceRule::Explore>(rule.next()));
}

TEST_CASE("stragglers of an ended attempt count for no other") {
  ConvergenceRule rule(goal);
  start_attempt(rule);
  draw(rule, 1, 72, news);
  start_attempt(rule);
  draw(rule, 1, 10, news);
  CHECK(rule.state().attempts.back().runs == 0);
  rule.validated(2, silent);
  CHECK(rule.state().attempts.back().runs == 1);
}

TEST_CASE("an attempt needs to be begun, and only once") {
  ConvergenceRule rule(goal);
  rule.begin_attempt();
  CHECK(rule.state().attempts.empty());
  start_attempt(rule);
  draw(rule, 1, 3);
  rule.begin_attempt();
  CHECK(rule.state().attempts.size() == 1);
  CHECK(rule.state().attempts.back().runs == 3);
}

TEST_CASE("resuming abandons the attempt that was being drawn, and its alpha stays spent") {
  ConvergenceRule before(goal);
  start_attempt(before);
  draw(before, 1, 40);
  ConvergenceRule after(goal, before.state());
  CHECK(after.state().attempts.back().state == Attempt::State::abandoned);
  CHECK(after.next() == ConvergenceRule::Next{ConvergenceRule::Explore{30}});
  const auto second = start_attempt(after);
  CHECK(second.number == 2);
  CHECK(second.runs_left == 94);
}

TEST_CASE("resuming keeps quiet runs and convergence; reopening takes convergence back") {
  ConvergenceRule before(goal);
  explore_quietly(before, 7);
  CHECK(ConvergenceRule(goal, before.state()).next() ==
        ConvergenceRule::Next{ConvergenceRule::Explore{23}});
  start_attempt(before);
  draw(before, 1, 72);
  ConvergenceRule after(goal, before.state());
  CHECK(after.converged());
  after.reopen();
  CHECK_FALSE(after.converged());
  CHECK(start_attempt(after).number == 3);
}
