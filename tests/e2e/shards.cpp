// Shards of the shipped plan for ls from outside: explored, merged, validated in parts, closed by a
// last merge; and what must not be merged, which leaves everything as it was.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

using namespace harness;
using namespace harness::test;

namespace fs = std::filesystem;

namespace {

class Place {
public:
  Outcome harness(std::vector<std::string> words) const {
    words.insert(words.begin(), harness_binary());
    return run({.words = words, .directory = directory_.path()});
  }
  /// A campaign `out` of `plan`, by a modest goal, so that a validation has few runs.
  void explore(const std::string& plan, const std::string& out,
               std::vector<std::string> options) const {
    options.insert(options.begin(), {"explore", plan, "--out", out, "--quiet", "--workers", "1",
                                     "--seed", "5", "--epsilon", "0.2", "--confidence", "0.8"});
    const auto outcome = harness(std::move(options));
    REQUIRE_MESSAGE((outcome.status == 0 || outcome.status == 4), outcome.error);
  }
  nlohmann::json report(const std::string& campaign) const {
    return nlohmann::json::parse(harness({"report", campaign, "--format", "json"}).output);
  }
  std::string operator/(const std::string& name) const { return directory_ / name; }

private:
  TemporaryDirectory directory_;
};

/// "main:openat ls" of each pair, those under faults alone included.
std::set<std::string> pairs_of(const nlohmann::json& report) {
  std::set<std::string> pairs;
  for (const auto& phase : report.at("phases")) {
    for (const char* list : {"syscalls", "fault_only"}) {
      for (const auto& row : phase.at(list)) {
        for (const auto& executable : row.at("executables")) {
          pairs.insert(phase.at("name").get<std::string>() + ":" +
                       row.at("name").get<std::string>() + " " + executable.get<std::string>());
        }
      }
    }
  }
  return pairs;
}

std::set<std::string> only_here(const nlohmann::json& shard) {
  std::set<std::string> pairs;
  for (const auto& pair : shard.at("only_here")) {
    pairs.insert(pair.at("phase").get<std::string>() + ":" + pair.at("call").get<std::string>() +
                 " " + pair.at("executable").get<std::string>());
  }
  return pairs;
}

std::set<std::string> without(std::set<std::string> pairs, const std::set<std::string>& others) {
  for (const auto& pair : others) {
    pairs.erase(pair);
  }
  return pairs;
}

/// Two shards of ls, merged as `all`.
void explore_and_merge(const Place& place) {
  const std::string plan = source_root() + "/workloads/ls/ls.yaml";
  place.explore(plan, "one", {"--shard", "1/2", "--runs", "150"});
  place.explore(plan, "two", {"--shard", "2/2", "--runs", "100"});
  REQUIRE(place.harness({"merge", "all", "one", "two"}).status == 0);
}

} // namespace

TEST_CASE("two shards of ls become one campaign that is validated as a whole") {
  const Place place;
  explore_and_merge(place);
  const auto one = place.report("one");
  const auto two = place.report("two");
  auto all = place.report("all");
  CHECK(all.at("runs") == one.at("runs").get<int>() + two.at("runs").get<int>());
  CHECK_FALSE(all.at("converged").get<bool>());
  const auto pairs = pairs_of(all);
  CHECK(without(pairs_of(one), pairs).empty());
  CHECK(without(without(pairs, pairs_of(one)), pairs_of(two)).empty());

  // Which shard saw what.
  REQUIRE(all.at("shards").size() == 2);
  CHECK(all["shards"][0].at("name") == "1/2");
  CHECK(all["shards"][0].at("runs") == one.at("runs"));
  CHECK(all["shards"][0].at("pairs") == pairs_of(one).size());
  CHECK(only_here(all["shards"][0]) == without(pairs_of(one), pairs_of(two)));
  CHECK(only_here(all["shards"][1]) == without(pairs_of(two), pairs_of(one)));
  CHECK(one.at("shards").empty());
  CHECK(one.at("not_established").dump().find("shard 2 of 2") != std::string::npos);
  CHECK(contains(place.harness({"report", "all"}).output, "shard 1/2"));
  CHECK(contains(*read_file(place / "all/report.md"), "| shard 2/2 |"));

  for (const char* part : {"1/2", "2/2"}) {
    const auto drawn = place.harness({"validate", "all", "--shard", part, "--quiet"});
    REQUIRE_MESSAGE(drawn.status == 0, drawn.error);
  }
  CHECK(place.report("all") == all); // it was only read

  // One part alone closes nothing.
  const auto half = place.harness({"merge", "all", "all.fresh-1-of-2.campaign"});
  CHECK(half.status == 64);
  CHECK(contains(half.error, "missing"));
  CHECK(place.report("all") == all);

  const auto closed =
      place.harness({"merge", "all", "all.fresh-1-of-2.campaign", "all.fresh-2-of-2.campaign"});
  REQUIRE_MESSAGE(closed.status == 0, closed.error);
  all = place.report("all");
  REQUIRE(all.at("attempts").size() == 1);
  const auto& attempt = all["attempts"][0];
  CHECK(attempt.at("complete").get<bool>());
  CHECK(attempt.at("runs") == attempt.at("planned_runs"));
  CHECK(all.at("converged").get<bool>() == (attempt.at("runs_with_news") == 0));
  CHECK(all.at("residual_risk").at("fresh_runs") == attempt.at("runs"));
  CHECK(place.harness({"report", "all", "--ci"}).status == (all["converged"].get<bool>() ? 0 : 4));
  REQUIRE(all.at("shards").size() == 4);
  CHECK(all["shards"][3].at("kind") == "fresh");
  CHECK(all["shards"][2].at("runs").get<int>() + all["shards"][3].at("runs").get<int>() >=
        attempt.at("runs").get<int>());

  // Once more, in another order: a join.
  REQUIRE(place
              .harness({"merge", "all", "all.fresh-2-of-2.campaign", "two", "one",
                        "all.fresh-1-of-2.campaign"})
              .status == 0);
  CHECK(place.report("all") == all);
}

TEST_CASE("what is no shard of the same exploration is refused, and nothing is lost") {
  const Place place;
  explore_and_merge(place);
  const auto all = place.report("all");

  const auto missing = place.harness({"merge", "some", "two"});
  CHECK(missing.status == 64);
  CHECK(contains(missing.error, "1 of 2 shards are given; missing: 1"));
  CHECK(contains(missing.error, "--partial"));
  CHECK_FALSE(fs::exists(place / "some"));

  const std::string phases = "phases: [startup, {main: {auto: main}}]\n";
  const std::string other_plan = "name: ls\ntarget: /usr/bin/ls\n" + phases;
  REQUIRE(replace_file(place / "plan.yaml", other_plan));
  place.explore("plan.yaml", "other-plan", {"--shard", "2/2", "--runs", "10"});
  fs::copy_file("/usr/bin/ls", place / "ls");
  REQUIRE(replace_file(place / "target.yaml", "name: ls\ntarget: ./ls\n" + phases));
  place.explore("target.yaml", "other-target", {"--shard", "2/2", "--runs", "10"});

  const auto plan = place.harness({"merge", "all", "other-plan"});
  CHECK(plan.status == 64);
  CHECK(contains(plan.error, "all and other-plan: "));
  CHECK(contains(plan.error, "grammars differ"));
  const auto target = place.harness({"merge", "all", "other-target"});
  CHECK(target.status == 64);
  CHECK(contains(target.error, "the plans' targets differ"));
  for (const auto* bad : {"no-such", "plan.yaml"}) {
    CHECK(place.harness({"merge", "all", bad}).status == 64);
  }
  CHECK(place.report("all") == all);
  CHECK(place.report("two").at("runs") >= 100); // sources are only read
}
