// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/status.hpp"
#include "tests/support/made_campaign.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace harness;
using namespace harness::analysis;
using harness::test::contains;
using harness::test::make_campaign;
using harness::test::TemporaryDirectory;

TEST_CASE("a campaign tells how it stands, while it runs and afterwards") {
  TemporaryDirectory place;
  stats::ConvergenceRule rule({.epsilon = .01, .confidence = .95});
  {
    auto recorder = make_campaign(
        place / "c", {.runs = {{"args a\n", {0, 1}}, {"args b\n", {0}}, {"args c\n", {0, 2}}}});
    recorder.set_elapsed(6);
    for (int i = 0; i < 150; ++i) {
      rule.explored(0);
    }
    rule.begin_attempt();
    for (int i = 0; i < 10; ++i) {
      rule.validated(1, {.reached = {0}});
    }
    REQUIRE(recorder.set_convergence(rule.state()));
    REQUIRE(recorder.checkpoint());
    const CampaignStatus running = status_of(store::open_campaign(place / "c"));
    CHECK(running.running);
    CHECK(running.runs == 3);
    CHECK(running.pairs.at("main") == 3);
    CHECK(running.last_news_run == 3);
    const std::string text = status_text(running);
    CHECK(contains(text, "running"));
    CHECK(contains(text, "3 in 6.0 s (0.5 per second)"));
    CHECK(contains(text, "10 of 368 fresh runs made"));
    CHECK(contains(text, "No bound on unseen calls"));

    for (int i = 0; i < 358; ++i) {
      rule.validated(1, {.reached = {0}});
    }
    REQUIRE(recorder.set_convergence(rule.state()));
  }
  const CampaignStatus ended = status_of(store::open_campaign(place / "c"));
  CHECK_FALSE(ended.running);
  CHECK(ended.converged);
  CHECK(contains(status_text(ended), "ended, converged"));
  CHECK(contains(status_text(ended), "attempt 1 passed"));
}

TEST_CASE("the status as JSON is one object with numbers where there are some") {
  TemporaryDirectory place;
  make_campaign(place / "c", {});
  const auto json =
      nlohmann::json::parse(status_json(status_of(store::open_campaign(place / "c"))));
  CHECK(json.at("schema") == "harness-status/1");
  CHECK(json.at("runs") == 0);
  CHECK(json.at("running") == false);
  CHECK(json.at("runs_to_95_percent").is_null());
  CHECK(json.at("pairs").at("main") == 0);
}
