// SPDX-License-Identifier: Apache-2.0
#include "core/model/profile.hpp"
#include "core/base/random.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;

namespace {

/// Few keys, writers and values, so that two random profiles overlap and tie often.
Profile random_profile(Random& random) {
  Profile profile;
  profile.phases = {"startup", "serving"};
  const std::string writers[] = {"a", "b", "c"};
  for (std::uint64_t i = random.below(8); i > 0; --i) {
    PairKey key{.phase = profile.phases[random.below(2)],
                .call = {AuditArch::x86_64, static_cast<std::int32_t>(random.below(3))},
                .executable = random.chance(1, 2) ? "ls" : "sh"};
    PairRecord record;
    for (const auto& writer : writers) {
      if (random.chance(1, 2)) {
        record.counts[writer] = {random.below(4), random.below(4)};
      }
    }
    record.first.run = random.below(3);
    record.first.input = random.chance(1, 2) ? "1111" : "2222";
    if (random.chance(1, 2)) {
      record.first.backtrace = {{"ls", random.below(2), "main"}};
    }
    record.stability.tried = static_cast<std::uint32_t>(random.below(3));
    record.stability.shown = static_cast<std::uint32_t>(random.below(record.stability.tried + 1));
    record.only_faulted = random.chance(1, 2);
    profile.pairs[key] = record;
  }
  for (const auto& writer : writers) {
    profile.runs[writer] = random.below(5);
    profile.incomplete_runs[writer] = random.below(5);
    profile.phase_runs["serving"][writer] = random.below(5);
  }
  return profile;
}

Profile joined(Profile a, const Profile& b) {
  REQUIRE(a.merge(b));
  return a;
}

} // namespace

TEST_CASE("merge is commutative, associative and idempotent") {
  Random random(test::property_seed("profile join"));
  for (int i = 0; i < 2000; ++i) {
    const Profile a = random_profile(random);
    const Profile b = random_profile(random);
    const Profile c = random_profile(random);
    const Profile ab = joined(a, b);
    REQUIRE(ab == joined(b, a));
    REQUIRE(joined(ab, c) == joined(a, joined(b, c)));
    REQUIRE(joined(a, a) == a);
    REQUIRE(joined(ab, a) == ab);
    REQUIRE(joined(Profile{}, a) == a);
  }
}

TEST_CASE("a merged profile has every call of both sides, and no other") {
  Random random(test::property_seed("profile union"));
  for (int i = 0; i < 500; ++i) {
    const Profile a = random_profile(random);
    const Profile b = random_profile(random);
    for (const char* phase : {"", "startup", "serving"}) {
      REQUIRE(joined(a, b).calls_of(phase, true) ==
              (a.calls_of(phase, true) | b.calls_of(phase, true)));
    }
  }
}

TEST_CASE("the maximum for each writer, the sum over writers") {
  const PairKey key{.phase = "main", .call = {AuditArch::x86_64, 0}, .executable = "ls"};
  Profile early;
  early.pairs[key].counts = {{"one", {.calls = 10, .runs = 4}}};
  early.runs = {{"one", 4}};
  Profile late = early; // the same writer, seen later
  late.pairs[key].counts["one"] = {.calls = 25, .runs = 9};
  late.runs["one"] = 9;
  Profile other;
  other.pairs[key].counts = {{"two", {.calls = 3, .runs = 1}}};
  other.runs = {{"two", 2}};
  const Profile all = joined(joined(early, other), late);
  CHECK(all.pairs.at(key).calls() == 28);
  CHECK(all.pairs.at(key).runs() == 10);
  CHECK(all.total_runs() == 11);
}

TEST_CASE("a pair that one side saw without a fault is no pair of faults alone") {
  const PairKey key{.phase = "main", .call = {AuditArch::x86_64, 0}, .executable = "ls"};
  Profile faulted;
  faulted.pairs[key].only_faulted = true;
  Profile plain;
  plain.pairs[key].only_faulted = false;
  CHECK(faulted.calls_of("").empty());
  CHECK(faulted.calls_of("", true).size() == 1);
  CHECK(joined(faulted, plain).calls_of("").size() == 1);
}

TEST_CASE("profiles with other phases can't be joined, and say which") {
  Profile a;
  a.phases = {"startup", "serving"};
  Profile b;
  b.phases = {"all"};
  const auto merged = a.merge(b);
  REQUIRE_FALSE(merged);
  CHECK(merged.error().message.find("startup, serving here, all there") != std::string::npos);
}
