// SPDX-License-Identifier: Apache-2.0
#include "policy/arguments.hpp"

#include "core/bpf/build.hpp"
#include "core/bpf/evaluate.hpp"
#include "core/model/syscall_table.hpp"
#include "policy/prove.hpp"
#include "tests/policy/sample.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace harness;
using namespace harness::policy;

namespace {

SyscallId id(const char* name) {
  return *find_syscall(name);
}

bpf::Verdict ask(const FilterProgram& filter, const char* name,
                 const std::array<std::uint64_t, 6>& arguments) {
  return *bpf::evaluate(filter, bpf::call_data(id(name), arguments));
}

} // namespace

TEST_CASE("a call is allowed with the values that this and later phases showed, and no other") {
  auto policy = test::server_policy();
  const std::vector<SeenArgument> seen = {
      {"startup", id("socket"), 0, 1, 2},   {"startup", id("socket"), 0, 2, 1},
      {"startup", id("socket"), 1, 77, 3},  {"startup", id("mmap"), 2, 3, 3},
      {"startup", id("mprotect"), 2, 5, 2}, {"startup", id("mprotect"), 2, 1, 1},
      {"serving", id("openat"), 2, 9, 1},   {"startup", id("clone"), 0, 0, 2},
  };
  const auto lines = add_conditions(policy, test::server_profile(), seen, 16);
  const auto proof = prove(policy);
  REQUIRE(proof.ok());
  const auto& filter = proof->filters[0];
  CHECK(ask(filter, "socket", {1}) == bpf::allow_verdict);
  CHECK(ask(filter, "socket", {2}) == bpf::allow_verdict);
  CHECK(ask(filter, "socket", {16}) == bpf::errno_verdict(38)); // AF_NETLINK
  // An int argument: the kernel cuts what is above, and so must the filter.
  CHECK(ask(filter, "socket", {0xdead00000002}) == bpf::allow_verdict);
  CHECK(ask(filter, "mmap", {0, 0, 3}) == bpf::allow_verdict);
  CHECK(ask(filter, "mmap", {0, 0, 7}) == bpf::errno_verdict(38)); // PROT_EXEC
  CHECK(ask(filter, "mprotect", {0, 0, 4}) == bpf::allow_verdict);
  CHECK(ask(filter, "mprotect", {0, 0, 0}) == bpf::allow_verdict);
  CHECK(policy.phases[0].entries.at(id("clone")).conditions.empty()); // one call is not on record
  CHECK(ask(filter, "openat", {0, 0, 12345}) == bpf::allow_verdict);
  CHECK(std::ranges::count(lines, "startup: PROT_EXEC of mmap: 1 value") == 1);
  CHECK(std::ranges::count(lines,
                           "startup: option of prctl: 0 of 3 calls on record, allowed whole") == 1);
}

TEST_CASE("more values than the limit: allowed whole") {
  auto policy = test::server_policy();
  std::vector<SeenArgument> seen;
  for (std::uint64_t family = 0; family < 5; ++family) {
    seen.push_back({"startup", id("socket"), 0, family, 1});
  }
  const auto lines = add_conditions(policy, test::server_profile(), seen, 4);
  CHECK(policy.phases[0].entries.at(id("socket")).conditions.empty());
  CHECK(std::ranges::count(lines,
                           "startup: family of socket: 5 values, more than 4, allowed whole") == 1);
}

TEST_CASE("conditions of phases tighten as the sets do") {
  Profile profile;
  profile.phases = {"a", "b", "c"};
  for (const auto& phase : profile.phases) {
    test::see(profile, phase, "socket");
  }
  const std::vector<Phase> phases = {
      {"a", LaunchTrigger{}}, {"b", LaunchTrigger{}}, {"c", LaunchTrigger{}}};
  auto policy = *make_policy(profile, phases, {});
  add_conditions(policy, profile,
                 std::vector<SeenArgument>{{"a", id("socket"), 0, 7, 3},
                                           {"b", id("socket"), 0, 3, 3},
                                           {"c", id("socket"), 0, 5, 3}},
                 16);
  CHECK(policy.phases[0].entries.at(id("socket")).conditions.size() == 3);
  CHECK(policy.phases[1].entries.at(id("socket")).conditions.size() == 2);
  CHECK(policy.phases[2].entries.at(id("socket")).conditions.size() == 1);
  CHECK(prove(policy).ok());
}
