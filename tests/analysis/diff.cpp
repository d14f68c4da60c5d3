// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/diff.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::analysis;

namespace {

constexpr SyscallId read_call{AuditArch::x86_64, 0};
constexpr SyscallId write_call{AuditArch::x86_64, 1};
constexpr SyscallId open_call{AuditArch::x86_64, 2};

Profile profile_of(const std::vector<std::pair<PairKey, PairRecord>>& pairs) {
  Profile profile;
  profile.phases = {"load", "main"};
  profile.pairs = {pairs.begin(), pairs.end()};
  return profile;
}

PairRecord seen(const std::string& input, Stability stability = {}, bool only_faulted = false) {
  return {
      .first = {.run = 1, .input = input}, .stability = stability, .only_faulted = only_faulted};
}

} // namespace

TEST_CASE("gained, lost, flaky and same, each with its reproducer") {
  const Profile a = profile_of({{{"main", read_call, "ls"}, seen("a1")},
                                {{"main", write_call, "ls"}, seen("a2")},
                                {{"load", open_call, "ls"}, seen("a3", {.shown = 2, .tried = 5})}});
  const Profile b = profile_of({{{"main", read_call, "sh"}, seen("b1")},
                                {{"main", open_call, "ls"}, seen("b2", {.shown = 5, .tried = 5})}});
  const Diff result = diff(a, b, {.first = "old", .second = "new"});
  REQUIRE(result.entries.size() == 4);
  CHECK(result.entries[0] ==
        DiffEntry{Change::flaky, "load", open_call, {"ls"}, "old", "a3", {2, 5}});
  CHECK(result.entries[1] ==
        DiffEntry{Change::same, "main", read_call, {"ls", "sh"}, "old", "a1", {}});
  CHECK(result.entries[2] == DiffEntry{Change::lost, "main", write_call, {"ls"}, "old", "a2", {}});
  CHECK(result.entries[3] ==
        DiffEntry{Change::gained, "main", open_call, {"ls"}, "new", "b2", {5, 5}});
  CHECK(diff_status(result) == 6);
}

TEST_CASE("the exit status adds up, and what is flaky does not count") {
  const Profile none = profile_of({});
  const Profile one = profile_of({{{"main", read_call, "ls"}, seen("a")}});
  const Profile flaky = profile_of({{{"main", read_call, "ls"}, seen("a", {0, 5})}});
  CHECK(diff_status(diff(none, none, {})) == 0);
  CHECK(diff_status(diff(none, one, {})) == 2);
  CHECK(diff_status(diff(one, none, {})) == 4);
  CHECK(diff_status(diff(one, one, {})) == 0);
  CHECK(diff_status(diff(none, flaky, {})) == 0);
}

TEST_CASE("a call that another executable makes steadily is not flaky") {
  const Profile a = profile_of({});
  const Profile b = profile_of({{{"main", read_call, "ls"}, seen("a", {0, 5})},
                                {{"main", read_call, "sh"}, seen("b", {5, 5})}});
  CHECK(diff(a, b, {}).count(Change::gained) == 1);
}

TEST_CASE("calls under faults count only when asked for") {
  const Profile a = profile_of({});
  const Profile b = profile_of({{{"main", read_call, "ls"}, seen("a", {}, true)}});
  CHECK(diff(a, b, {}).entries.empty());
  CHECK(diff(a, b, {.with_faulted = true}).count(Change::gained) == 1);
}

TEST_CASE("phases of the second side alone come last") {
  Profile a = profile_of({{{"main", read_call, "ls"}, seen("a")}});
  Profile b = profile_of({{{"extra", read_call, "ls"}, seen("b")}});
  b.phases = {"extra"};
  const Diff result = diff(a, b, {});
  REQUIRE(result.entries.size() == 2);
  CHECK(result.entries[1].phase == "extra");
}
