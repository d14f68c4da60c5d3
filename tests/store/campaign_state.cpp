// SPDX-License-Identifier: Apache-2.0
#include "harness/store/campaign_state.hpp"
#include "core/stats/estimators.hpp"
#include "tests/store/random_state.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::store;
using harness::store::test::random_state;

namespace {

CampaignState joined(CampaignState a, const CampaignState& b) {
  REQUIRE(a.merge(b));
  return a;
}

} // namespace

TEST_CASE("merging state is commutative, associative and idempotent") {
  Random random(harness::test::property_seed("state join"));
  for (int i = 0; i < 400; ++i) {
    const CampaignState a = random_state(random);
    const CampaignState b = random_state(random);
    const CampaignState c = random_state(random);
    const CampaignState ab = joined(a, b);
    REQUIRE(ab == joined(b, a));
    REQUIRE(joined(ab, c) == joined(a, joined(b, c)));
    REQUIRE(joined(a, a) == a);
    REQUIRE(joined(ab, b) == ab);
    REQUIRE(joined(CampaignState{}, a) == a);
  }
}

TEST_CASE("state of other phases are refused and change nothing") {
  Random random(1);
  CampaignState a = random_state(random);
  const CampaignState before = a;
  CampaignState b = random_state(random);
  b.profile.phases = {"all"};
  CHECK_FALSE(a.merge(b));
  CHECK(a == before);
}

TEST_CASE("the incidence of two writers: counts add up, runs of the same number stay two") {
  CampaignState state;
  state.writers = {{"a", {"c", 1}}, {"b", {"c", 1}}};
  state.counters[{Counter::Kind::rows, ""}] = {{"a", 10}, {"b", 5}};
  state.incidence[{"main", {AuditArch::x86_64, 0}}] = {{"a", {10, 1}}, {"b", {5, 1}}};
  state.incidence[{"main", {AuditArch::x86_64, 1}}] = {{"a", {1, 3}}};
  state.incidence[{"main", {AuditArch::x86_64, 2}}] = {{"b", {1, 3}}};
  state.incidence[{"late", {AuditArch::x86_64, 2}}] = {{"b", {1, 3}}};
  const auto all = state.incidence_of("");
  CHECK(all.runs == 15);
  CHECK(all.counts == std::vector<std::uint64_t>{15, 1, 1, 1});
  CHECK(all.singleton_owners == 2);
  CHECK(state.incidence_of("late").pairs() == 1);
}

TEST_CASE("a process tree survives as text") {
  ProcessNode root{.name = "sh -c", .executable = "/bin/sh", .phase = "a", .end = "exit status 0"};
  root.children.push_back({.name = "one", .end = "x", .threads = 3, .calls = 7});
  root.children[0].children.push_back({.name = "\xff\n\"deep"});
  root.children.push_back({.name = ""});
  const auto parsed = parse_tree(tree_text(root));
  REQUIRE(parsed);
  CHECK(tree_text(*parsed) == tree_text(root));
  CHECK(parsed->children.size() == 2);
  CHECK(parsed->children[0].children[0].name == "\xff\n\"deep");
  for (const char* bad : {"", "junk", "1 a b c d 1 1", "0 a b c d 1 1\n0 a b c d 1 1",
                          "0 a b c d 1 1\n2 a b c d 1 1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_tree(bad));
  }
}
