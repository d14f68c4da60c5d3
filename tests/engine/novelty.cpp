// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/novelty.hpp"

#include "harness/engine/outcome.hpp"

#include <csignal>
#include <doctest/doctest.h>

using namespace harness;
using namespace harness::engine;

namespace {

constexpr SyscallId read_call{AuditArch::x86_64, 0};
constexpr SyscallId write_call{AuditArch::x86_64, 1};
const std::vector<std::string> phases = {"startup", "serving"};

RunResult seen(std::vector<SyscallId> calls, bool faulted = false) {
  RunResult result;
  result.executables = {"/usr/bin/ls"};
  for (const SyscallId call : calls) {
    result.sightings.push_back({.phase = 0, .call = call, .calls = 1, .only_faulted = faulted});
  }
  return result;
}

} // namespace

TEST_CASE("a pair is news once, and again when it is first seen without a fault") {
  Novelty novelty(phases);
  CHECK(novelty.news(seen({read_call, write_call}, true)).size() == 2);
  CHECK(novelty.news(seen({read_call}, true)).empty());
  CHECK(novelty.news(seen({read_call})).size() == 1);
  CHECK(novelty.news(seen({read_call})).empty());
  CHECK(novelty.news(seen({read_call}, true)).empty());
}

TEST_CASE("what others found is no news") {
  Novelty novelty(phases);
  novelty.know({{{"startup", read_call, "ls"}, false}});
  CHECK(novelty.news(seen({read_call})).empty());
  CHECK(novelty.sites().contains(read_call));
  CHECK_FALSE(novelty.sites().contains(write_call));
  CHECK(novelty.calls_of("startup").contains(read_call));
  CHECK(novelty.calls_of("serving").empty());
}

TEST_CASE("a pair is defined in the first line that needs it") {
  PairNumbers numbers(phases);
  std::vector<PairKey> defined;
  CHECK(numbers.line_of(seen({read_call}), defined).at(0).pair == 0);
  CHECK(defined.size() == 1);
  defined.clear();
  const auto line = numbers.line_of(seen({read_call, write_call}), defined);
  CHECK(line.at(0).pair == 0);
  CHECK(line.at(1).pair == 1);
  REQUIRE(defined.size() == 1);
  CHECK(defined[0].call == write_call);
}

TEST_CASE("slow is far beyond the median, once there is one") {
  Slowness slowness;
  CHECK_FALSE(slowness.slow(1'000'000)); // nothing to compare with yet
  for (int i = 0; i < 60; ++i) {
    slowness.slow(100);
  }
  CHECK_FALSE(slowness.slow(800));
  CHECK(slowness.slow(801));
}

TEST_CASE("failures of one kind share a bucket, however long their loops were") {
  RunResult crash;
  crash.end = Signaled{SIGSEGV, true, false};
  crash.last_calls = {read_call, write_call};
  RunResult longer = crash;
  longer.last_calls = {read_call, read_call, read_call, write_call, write_call};
  RunResult other = crash;
  other.last_calls = {write_call, read_call};
  CHECK(ending_of(crash) == Ending::crashed);
  CHECK(bucket_of(crash).starts_with("crash-SIGSEGV-"));
  CHECK(bucket_of(crash) == bucket_of(longer));
  CHECK(bucket_of(crash) != bucket_of(other));

  RunResult hung = crash;
  hung.end = LimitReached{LimitReached::Limit::wall};
  CHECK(bucket_of(hung).starts_with("time-out-"));
  RunResult asked_for = crash;
  asked_for.end = Signaled{SIGTERM, false, true};
  CHECK(bucket_of(asked_for).empty());
  CHECK(ending_of(asked_for) == Ending::ended);
}

TEST_CASE("phases that a run reached") {
  RunResult result = seen({read_call});
  result.entries = {{.phase = 0}, {.phase = 2}};
  CHECK(reached_phases(result) == std::vector<PhaseIndex>{0, 2});
}
