// The attempt that several places drew, closed by a merge: when it passes, and what it refuses.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/user_error.hpp"
#include "harness/campaign/frozen_generator.hpp"
#include "harness/campaign/merge.hpp"
#include "harness/store/shard_notes.hpp"
#include "harness/store/summary.hpp"
#include "harness/store/whole.hpp"
#include "tests/support/made_campaign.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::campaign;
using harness::test::contains;
using harness::test::make_campaign;
using harness::test::TemporaryDirectory;
using State = stats::Attempt::State;

namespace {

struct Place {
  TemporaryDirectory here;
  std::string out = here / "out";

  Place() {
    make_campaign(here / "a", {.seed = 1, .shard = {1, 2}, .runs = {{"args a\n", {0, 1}}}});
    make_campaign(here / "b", {.seed = 2, .shard = {2, 2}, .runs = {{"args b\n", {0, 2}}}});
    merge_campaigns(out, {here / "a", here / "b"}, {});
  }

  /// A part of the validation of `out` with this many runs that count, as a worker leaves it.
  std::string part(const std::string& name, Shard shard, State state = State::passed,
                   std::int32_t call = 0) {
    const FrozenGenerator frozen = frozen_generator_of(store::open_campaign(out));
    const auto runs = range_of(frozen.runs, shard).size();
    std::vector<harness::test::MadeRun> made(runs, {"args fresh\n", {0}});
    made.back().calls = {call};
    auto recorder = make_campaign(here / name, {.runs = made});
    store::note_part(recorder, {frozen.id, shard});
    const stats::Attempt attempt{.number = frozen.attempt,
                                 .planned_runs = runs,
                                 .alpha = frozen.alpha,
                                 .state = state,
                                 .runs = runs,
                                 .news = state == State::failed ? 1U : 0U,
                                 .phases = {{runs, 0}, {runs, state == State::failed ? 1U : 0U}}};
    REQUIRE(recorder.set_convergence({.attempts = {attempt}}));
    REQUIRE(recorder.checkpoint());
    return here / name;
  }
  std::string refusal(const std::vector<std::string>& parts, bool partial = false) const {
    try {
      merge_campaigns(out, parts, {.partial = partial});
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }
  store::CampaignState state() const { return store::open_campaign(out).state; }
};

} // namespace

TEST_CASE("nothing new in all of the runs: converged, with the bound of the whole") {
  Place place;
  const auto a = place.part("pa", {1, 3});
  const auto b = place.part("pb", {2, 3});
  const auto c = place.part("pc", {3, 3});
  CHECK(contains(place.refusal({a, c}), "missing: 2"));
  CHECK_FALSE(store::converged(place.state()));

  const auto report = merge_campaigns(place.out, {c, a, b}, {});
  REQUIRE(report.attempt);
  CHECK(report.attempt->runs == 368);
  CHECK(report.attempt->phases[1].reached == 368);
  CHECK(contains(report.statement, "In 368 fresh runs"));
  CHECK(store::converged(place.state()));
  CHECK(*stats::bound(*report.attempt) == doctest::Approx(.0099).epsilon(.01));

  // Again, it changes nothing; what comes later is not covered, and says so.
  const auto again = merge_campaigns(place.out, {a, b, c}, {});
  CHECK_FALSE(again.attempt);
  CHECK(store::converged(place.state()));
  make_campaign(place.here / "late", {.seed = 9, .runs = {{"args late\n", {0}}}});
  merge_campaigns(place.out, {place.here / "late"}, {});
  CHECK_FALSE(store::converged(place.state()));
  const auto later = store::open_campaign(place.out);
  const auto summary = store::summarize(later.plan, later.directory, later.state);
  REQUIRE(summary.attempts.size() == 1);
  CHECK(contains(summary.not_established.front(), "not covered"));
  CHECK(frozen_generator_of(later).attempt == 2); // the next look costs more
  CHECK(frozen_generator_of(later).runs == 477);
}

TEST_CASE("something new in one part fails the attempt, and is kept") {
  Place place;
  const auto a = place.part("pa", {1, 2});
  const auto b = place.part("pb", {2, 2}, State::failed, 7);
  const auto report = merge_campaigns(place.out, {a, b}, {});
  REQUIRE(report.attempt);
  CHECK(report.attempt->state == State::failed);
  CHECK(report.attempt->news == 1);
  CHECK_FALSE(store::converged(place.state()));
  CHECK(contains(report.statement, "1 used a system call"));
  CHECK(place.state().profile.pairs.contains({"main", {AuditArch::x86_64, 7}, "true"}));
}

TEST_CASE("an attempt that lacks a part is given up, and paid for") {
  Place place;
  const auto a = place.part("pa", {1, 2});
  const auto b = place.part("pb", {2, 2}, State::drawing); // killed
  CHECK(contains(place.refusal({a, b}), "missing: 2"));
  const auto report = merge_campaigns(place.out, {a, b}, {.partial = true});
  REQUIRE(report.attempt);
  CHECK(report.attempt->state == State::abandoned);
  CHECK_FALSE(store::converged(place.state()));
  CHECK(frozen_generator_of(store::open_campaign(place.out)).attempt == 2);
}

TEST_CASE("a part that showed news before it was killed does not pass for a silent one") {
  Place place;
  const auto report = merge_campaigns(place.out, {place.part("pa", {1, 1}, State::passed, 7)}, {});
  REQUIRE(report.attempt);
  CHECK(report.attempt->state == State::abandoned);
  CHECK_FALSE(store::converged(place.state()));
}

TEST_CASE("parts of another generator, twice the same part, and parts without their campaign") {
  Place place;
  const auto a = place.part("pa", {1, 2});
  const auto twin = place.part("twin", {1, 2});
  const auto b = place.part("pb", {2, 2});
  CHECK(contains(place.refusal({a, twin, b}), "part 1/2 is given twice"));
  CHECK(contains(place.refusal({a, place.part("third", {3, 3})}), "parts of"));
  make_campaign(place.here / "more", {.seed = 5, .runs = {{"args more\n", {9}}}});
  CHECK(contains(place.refusal({a, b, place.here / "more"}), "not a part of the validation"));
  CHECK_THROWS_AS(merge_campaigns(place.here / "new", {a, b}, {}), UserError);
  CHECK_FALSE(store::WorkDir::exists(place.here / "new"));

  merge_campaigns(place.out, {place.here / "more"}, {});
  CHECK(contains(place.refusal({a, b}), "not made with the current state of"));
}
