// SPDX-License-Identifier: Apache-2.0
#include "policy/make_policy.hpp"

#include "core/model/syscall_table.hpp"
#include "policy/prove.hpp"
#include "tests/policy/sample.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace harness;
using namespace harness::policy;

namespace {

SyscallId call_id(const char* name) {
  return *find_syscall(name);
}

const PolicyEntry* entry(const Policy& policy, std::size_t phase, const char* name) {
  const auto& entries = policy.phases.at(phase).entries;
  const auto found = entries.find(call_id(name));
  return found == entries.end() ? nullptr : &found->second;
}

std::string error_of(const Options& options) {
  const auto phases = test::server_phases();
  const auto made = make_policy(test::server_profile(), phases, options);
  return made ? "" : made.error().message;
}

} // namespace

TEST_CASE("a phase allows what it and every later phase made, and no later one what only it made") {
  const auto policy = test::server_policy();
  CHECK(entry(policy, 0, "accept4")->first_phase == "serving");
  CHECK(entry(policy, 0, "read")->first_phase == "startup");
  CHECK(entry(policy, 1, "read")->first_phase == "serving");
  CHECK(entry(policy, 1, "openat") == nullptr);
  CHECK(entry(policy, 1, "mprotect") == nullptr);
  CHECK(policy.phases[0].allowed().includes(policy.phases[1].allowed()));
  CHECK(policy.weakened.empty());
  CHECK(prove(policy).ok());
}

TEST_CASE("the launching execve is not the target's, a second one is") {
  CHECK(entry(test::server_policy({.executable = "server"}), 0, "execve") == nullptr);
  // The helper's execve in serving is no launch.
  CHECK(entry(test::server_policy(), 0, "execve")->first_phase == "serving");
  auto profile = test::server_profile();
  test::see(profile, "startup", "execve", 9, 10); // one run executed something more
  const auto phases = test::server_phases();
  CHECK(entry(*make_policy(profile, phases, {.executable = "server"}), 0, "execve") != nullptr);
}

TEST_CASE("what every program needs is allowed in every phase, with its reason") {
  const auto policy = test::server_policy();
  for (std::size_t phase : {0, 1}) {
    for (const char* name : {"exit", "exit_group", "rt_sigreturn", "restart_syscall"}) {
      CHECK(entry(policy, phase, name)->rule == Rule::always_needed);
    }
    for (const char* name : {"clock_gettime", "gettimeofday", "time", "getcpu"}) {
      CHECK(entry(policy, phase, name)->rule == Rule::vdso);
    }
    CHECK(entry(policy, phase, "clone3")->action == Action::enosys);
    CHECK(entry(policy, phase, "clone3")->rule == Rule::fallback);
  }
  CHECK(entry(policy, 0, "seccomp")->rule == Rule::installer);
  CHECK(entry(policy, 1, "seccomp") == nullptr);
}

TEST_CASE("foreign calls bring what their architecture needs") {
  auto profile = test::server_profile();
  test::see(profile, "serving", "i386:getpid");
  const auto phases = test::server_phases();
  const auto policy = *make_policy(profile, phases, {});
  for (const char* name :
       {"i386:exit", "i386:sigreturn", "i386:rt_sigreturn", "i386:clock_gettime64"}) {
    CHECK(policy.phases[1].allowed().contains(call_id(name)));
  }
  CHECK(entry(policy, 1, "i386:clone3")->action == Action::enosys);
  CHECK_FALSE(policy.phases[1].allowed().contains(call_id("i386:execve")));
  CHECK(prove(policy).ok());
}

TEST_CASE("tiers: families and faults are added by name only") {
  CHECK(entry(test::server_policy(), 0, "fdatasync") == nullptr);
  const auto faults = test::server_policy({.tier = Tier::faults});
  CHECK(entry(faults, 1, "fdatasync")->rule == Rule::faulted);
  const auto family = test::server_policy({.tier = Tier::family});
  CHECK(entry(family, 0, "openat2")->rule == Rule::family);
  CHECK(entry(family, 0, "openat2")->note == "openat");
  CHECK(entry(family, 1, "openat2") == nullptr);
  CHECK(entry(family, 1, "accept")->note == "accept4");
  CHECK(entry(family, 0, "fdatasync") == nullptr);
  CHECK(prove(family).ok());
  const auto foreseen_calls = foreseen(test::server_policy().phases[0]);
  CHECK(std::ranges::find(foreseen_calls, std::pair(call_id("openat2"), call_id("openat"))) !=
        foreseen_calls.end());
}

TEST_CASE("what is loosened by hand is named in the policy") {
  const auto policy =
      test::server_policy({.allow = {"ptrace@startup", "syscall_999"}, .vdso = false});
  CHECK(entry(policy, 0, "ptrace")->rule == Rule::manual);
  CHECK(entry(policy, 1, "ptrace") == nullptr);
  CHECK(entry(policy, 1, "syscall_999")->note == "--allow syscall_999");
  CHECK(entry(policy, 1, "clock_gettime") == nullptr);
  CHECK(policy.weakened ==
        std::vector<std::string>{"--no-vdso", "--allow ptrace@startup", "--allow syscall_999"});
}

TEST_CASE("what is denied by hand gets EPERM; clone3 gets ENOSYS, or threads would break") {
  const auto policy = test::server_policy({.deny = {"openat", "clone3", "kexec_load"}});
  CHECK(entry(policy, 0, "openat")->action == Action::eperm);
  CHECK(entry(policy, 0, "kexec_load")->action == Action::eperm);
  CHECK(entry(policy, 0, "clone3")->action == Action::enosys);
  CHECK(error_of({.deny = {"exit"}}) ==
        "--deny exit: a program cannot exit or return from a signal handler without it");
}

TEST_CASE("a audit blocks nothing") {
  const auto policy = test::server_policy({.default_action = Action::log});
  CHECK(policy.foreign_arch_action == Action::log);
  CHECK(entry(policy, 0, "clone3") == nullptr);
  CHECK(prove(policy).ok());
}

TEST_CASE("wrong options say what to write instead") {
  CHECK(error_of({.allow = {"opnat"}}) ==
        "--allow opnat: unknown system call; did you mean openat?");
  CHECK(error_of({.deny = {"qqq"}}).find("write a kernel name") != std::string::npos);
  CHECK(error_of({.allow = {"read@run"}}) ==
        "--allow read@run: unknown phase; write one of startup, serving");
  CHECK(error_of({.allow = {"ptrace"}, .deny = {"ptrace"}}) ==
        "ptrace is given with --allow and with --deny; remove one of them");
  CHECK(error_of({.executable = "client"}) ==
        "no run started the executable client; write one of helper, server");
  const std::vector<Phase> other = {{"all", LaunchTrigger{}}};
  CHECK(make_policy(test::server_profile(), other, {}).error().message ==
        "the profile has the phases startup, serving, but the plan has all");
}

TEST_CASE("the proof finds each kind of mistake") {
  auto policy = test::server_policy();
  const auto proof = prove(policy);
  REQUIRE(proof.ok());
  CHECK(proof->verdicts == 2ull * 4 << 32);

  auto looser = policy;
  looser.phases[1].entries[call_id("ptrace")] = {};
  CHECK(prove(looser).error().message ==
        "phase serving allows ptrace, which phase startup before it does not: filters can only be "
        "tightened, so it would stay blocked");

  // A filter of another policy: one call more, one less, another default, an open back door.
  auto filter = proof->filters[1];
  CHECK(prove_filter(filter, policy, 1).ok());
  CHECK_FALSE(prove_filter(filter, policy, 0).ok());
  auto other = policy;
  other.phases[1].entries.erase(call_id("read"));
  CHECK(prove_filter(filter, other, 1).error().message ==
        "phase serving: read should get ERRNO(ENOSYS), but the filter returns ALLOW");
  other = policy;
  other.phases[1].entries[call_id("ptrace")] = {};
  CHECK(prove_filter(filter, other, 1).error().message ==
        "phase serving: ptrace should get ALLOW, but the filter returns ERRNO(ENOSYS)");
  other = policy;
  other.default_action = Action::eperm;
  CHECK_FALSE(prove_filter(filter, other, 1).ok());
  other = policy;
  other.foreign_arch_action = Action::allow;
  CHECK_FALSE(prove_filter(filter, other, 1).ok());
}

TEST_CASE("a thread that was created before a phase may start and end in it") {
  const auto phases = test::server_phases();
  auto profile = test::server_profile();
  std::erase_if(profile.pairs, [](const auto& pair) {
    return pair.first.call == call_id("clone") || pair.first.call == call_id("clone3");
  });
  const auto without = make_policy(profile, phases, {});
  CHECK(entry(*without, 1, "rseq") == nullptr);
  test::see(profile, "startup", "clone", 3, 6);
  const auto with = make_policy(profile, phases, {});
  for (const char* name : {"rseq", "set_robust_list", "rt_sigprocmask", "madvise", "munmap"}) {
    CAPTURE(name);
    REQUIRE(entry(*with, 1, name) != nullptr);
    CHECK(entry(*with, 1, name)->action == Action::allow);
  }
  CHECK(entry(*with, 1, "rseq")->rule == Rule::threads);
  CHECK(prove(*with).ok());
}

TEST_CASE("getrandom is a real call where the vDSO can't answer it") {
  CHECK(entry(test::server_policy(), 1, "getrandom")->rule == Rule::vdso);
}
