// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/features.hpp"

#include "core/base/random.hpp"
#include "core/model/syscall_table.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace harness;
using namespace harness::engine;

namespace {
constexpr SyscallId openat{AuditArch::x86_64, 257};
constexpr SyscallId unknown{AuditArch::x86_64, 468000};
} // namespace

TEST_CASE("every pair has its own position, whatever number a call has") {
  const PairTable table({"startup", "serving"});
  std::set<std::size_t> positions;
  for (const auto& [name, number] : syscalls_of(AuditArch::x86_64)) {
    for (const PhaseIndex phase : {0, 1}) {
      const std::size_t position = table.position(phase, {AuditArch::x86_64, number});
      CHECK(position < table.size());
      CHECK(positions.insert(position).second);
    }
  }
  CHECK(table.name(table.position(1, openat)) == "serving:openat");
  CHECK(table.name(table.position(0, {AuditArch::i386, 5})) == "startup:i386:open");
}

TEST_CASE("calls and phases beyond the tables stay inside the array") {
  const PairTable table({"all"});
  Random random(test::property_seed("pair table"));
  for (int i = 0; i < 10000; ++i) {
    const SyscallId call{static_cast<AuditArch>(random.next()),
                         static_cast<std::int32_t>(random.next())};
    const std::size_t position = table.position(static_cast<PhaseIndex>(random.next()), call);
    CHECK(position < table.size());
    CHECK_FALSE(table.name(position).empty());
  }
  CHECK(table.name(table.position(0, unknown)).starts_with("all:unknown#"));
}

TEST_CASE("what was seen is a feature, how often is not") {
  const PairTable table({"all"});
  const auto numbers = [&](std::uint64_t calls, std::uint64_t edges) {
    RunResult result;
    result.sightings.push_back({.phase = 0, .call = openat, .calls = calls});
    if (edges > 0) {
      result.edges.push_back({.phase = 0, .from = openat, .to = openat, .times = edges});
    }
    return feature_numbers(features_of(result, table), table);
  };
  CHECK(numbers(1, 1) == numbers(50, 1));
  CHECK(numbers(1, 1) == numbers(1, 1'000'000));
  CHECK(numbers(1, 0).size() == 1);
  CHECK(numbers(1, 1).size() == 2);
}

TEST_CASE("domains do not collide by having the same numbers") {
  const PairTable table({"all"});
  RunResult edges;
  edges.edges.push_back({.phase = 0, .from = openat, .to = openat, .times = 1});
  RunResult errors;
  errors.errnos.push_back({.phase = 0, .call = openat, .code = 2, .times = 1});
  RunResult arguments;
  arguments.arguments.push_back({.phase = 0, .call = openat, .argument = 2, .value = 0});
  std::set<std::vector<std::uint32_t>> all;
  for (const auto& result : {edges, errors, arguments}) {
    all.insert(feature_numbers(features_of(result, table), table));
  }
  CHECK(all.size() == 3);
}

TEST_CASE("a feature is new once") {
  FeatureSet set;
  CHECK(set.add({3, 900000}) == 2);
  CHECK(set.add({3, 4}) == 1);
  CHECK(set.add({3, 4, 900000}) == 0);
}
