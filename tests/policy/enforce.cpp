// harness policy and harness enforce from outside, and the attacks that a policy must withstand.
// SPDX-License-Identifier: Apache-2.0
#include "policy/format.hpp"

#include "core/model/syscall_table.hpp"
#include "policy/policy_json.hpp"
#include "tests/policy/sample.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>

using namespace harness;

namespace {

/// The policy of the fixture policy_attack: execve in startup alone.
Policy attack_policy() {
  Profile profile;
  profile.phases = {"startup", "serving"};
  for (const auto* name :
       {"openat", "pread64", "newfstatat", "fstat", "access", "arch_prctl", "set_tid_address",
        "brk", "pipe2", "execve", "close", "prlimit64", "getrandom", "mlock", "ioctl"}) {
    test::see(profile, "startup", name, 3, 6);
  }
  for (const auto* name : {"write", "read", "mmap", "mprotect", "munmap", "madvise", "clone",
                           "futex", "rseq", "set_robust_list", "rt_sigaction", "rt_sigprocmask",
                           "wait4", "getpid", "gettid", "vfork"}) {
    test::see(profile, "serving", name, 3, 6);
  }
  const std::vector<Phase> phases = test::server_phases();
  auto policy = *policy::make_policy(profile, phases, {.executable = ""});
  policy.campaign = "attack";
  policy.executable = test::fixture("policy_attack");
  policy.converged = true;
  return policy;
}

/// A policy file of its own for each test.
class PolicyFile {
public:
  explicit PolicyFile(const Policy& policy) : path_(directory_ / "policy.json") {
    std::ofstream(path_) << policy::write_policy_json(policy);
  }
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return directory_ / name; }

private:
  test::TemporaryDirectory directory_;
  std::string path_;
};

test::Outcome harness_run(std::vector<std::string> words) {
  words.insert(words.begin(), test::harness_binary());
  return test::run({.words = std::move(words)});
}

test::Outcome enforce(const PolicyFile& file, const std::string& way,
                      const std::vector<std::string>& options = {}) {
  std::vector<std::string> words = {"enforce", file.path()};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"--", test::fixture("policy_attack"), way});
  return harness_run(std::move(words));
}

constexpr int killed_by_sigsys = 128 + 31;

} // namespace

TEST_CASE("after the last transition an earlier phase's call is refused, however it is made") {
  const PolicyFile file(attack_policy());
  for (const auto* way : {"main", "thread", "old_thread", "child", "refilter", "execveat"}) {
    CAPTURE(way);
    // Without the policy each of them works.
    const auto free = test::run({.words = {test::fixture("policy_attack"), way}});
    CHECK(free.output == "executed\n");
    const auto outcome = enforce(file, way);
    CAPTURE(outcome.error);
    CHECK(outcome.output == "executed\nrefused: ENOSYS\n");
    CHECK(outcome.status == 0);
  }
}

TEST_CASE("another architecture's way in kills the process") {
  const PolicyFile file(attack_policy());
  for (const auto* way : {"int80", "x32"}) {
    CAPTURE(way);
    if (way == std::string_view("int80") && !test::can_interrupt_0x80()) {
      continue;
    }
    const auto outcome = enforce(file, way);
    CAPTURE(outcome.error);
    CHECK(outcome.output.find("refused") == std::string::npos);
    CHECK(outcome.status == killed_by_sigsys);
  }
}

TEST_CASE("a process that was forked before the transition keeps what it had") {
  const PolicyFile file(attack_policy());
  const auto outcome = enforce(file, "old_child");
  CAPTURE(outcome.error);
  CHECK(outcome.output == "executed\n");
  CHECK(outcome.status == 0);
}

TEST_CASE("the program's own exit status is passed on") {
  const PolicyFile file(attack_policy());
  CHECK(enforce(file, "exit").status == 7);
  CHECK(harness_run({"enforce", file.path(), "--", "/no/such/program"}).status == 127);
}

TEST_CASE("refused calls are reported by phase, call, times and process") {
  const PolicyFile file(attack_policy());
  const auto outcome = enforce(file, "child", {"--report", file / "refused"});
  CAPTURE(outcome.error);
  CHECK(outcome.output == "executed\nrefused: ENOSYS\n");
  std::ifstream report(file / "refused");
  const std::string text((std::istreambuf_iterator<char>(report)), {});
  CAPTURE(text);
  CHECK(text.find("serving\texecve\t1\t") != std::string::npos);
  CHECK(text.find("startup\texecve") == std::string::npos);
}

TEST_CASE("the launching execve is no refused call") {
  auto policy = attack_policy();
  for (auto& phase : policy.phases) {
    phase.entries.erase(*find_syscall("execve"));
  }
  const PolicyFile file(policy);
  CHECK(enforce(file, "exit", {"--report", file / "refused"}).status == 7);
  std::ifstream report(file / "refused");
  const std::string text((std::istreambuf_iterator<char>(report)), {});
  CHECK(text.starts_with("startup\texecve\t1\t")); // the one of system(), in its child
  CHECK(text.find("execve") == text.rfind("execve"));
}

TEST_CASE(
    "a policy that is not for this program, machine or time is refused before anything runs") {
  auto policy = attack_policy();
  policy.converged = false;
  {
    const PolicyFile file(policy);
    const auto outcome = enforce(file, "main");
    CHECK(outcome.status == 64);
    CHECK(outcome.output.empty());
    CHECK(outcome.error.find("--accept-unconverged") != std::string::npos);
    CHECK(enforce(file, "exit", {"--accept-unconverged"}).status == 7);
  }
  policy = attack_policy();
  policy.native = AuditArch::aarch64;
  for (auto& phase : policy.phases) {
    phase.entries.clear();
  }
  {
    const PolicyFile file(policy);
    const auto outcome = enforce(file, "main");
    CHECK(outcome.status == 64);
    CHECK(outcome.error.find("the policy is for aarch64, but this machine is x86_64") !=
          std::string::npos);
  }
  policy = attack_policy();
  policy.phases[1].trigger = SymbolTrigger{"no_such_symbol", 0, ""};
  const PolicyFile file(policy);
  const auto outcome = enforce(file, "main");
  CAPTURE(outcome.error);
  CHECK(outcome.status == 64);
  CHECK(outcome.error.find("no_such_symbol") != std::string::npos);
  CHECK(outcome.output.empty());
}

TEST_CASE("harness policy turns a policy file into every format, or into nothing at all") {
  const PolicyFile file(attack_policy());
  for (const auto& format : policy::formats()) {
    CAPTURE(format.name);
    const auto outcome = harness_run({"policy", file.path(), "--format", std::string(format.name)});
    CAPTURE(outcome.error);
    CHECK(outcome.status == 0);
    CHECK(format.read(outcome.output).ok());
  }
  const auto unknown = harness_run({"policy", file.path(), "--format", "sytemd", "-o", file / "x"});
  CHECK(unknown.status == 64);
  CHECK(unknown.error.find("did you mean systemd?") != std::string::npos);
  const auto lost =
      harness_run({"policy", file.path(), "--format", "bpf", "--phase", "x", "-o", file / "x"});
  CHECK(lost.status == 64);
  CHECK(lost.error.find("write one of startup, serving") != std::string::npos);
  CHECK_FALSE(std::ifstream(file / "x").good());
  CHECK(harness_run({"policy", "/no/such.campaign"}).status == 64);
  CHECK(harness_run({"policy", "--list"}).output.find("firejail") != std::string::npos);
  const auto risk = harness_run({"policy", file.path(), "--risk"}).output;
  CHECK(risk.find("execve") != std::string::npos);
  CHECK(risk.find("blocked") != std::string::npos);
}

TEST_CASE("a campaign's policy: its files, and its own inputs under it") {
  const test::TemporaryDirectory directory;
  std::ofstream(directory / "id.yaml")
      << "name: id\ntarget:\n  executable: "
      << "/usr/bin/id"
      << "\nexplore:\n  until: quiet\n  quiet_runs: 20\n  workers: 1\n"
         "grammar:\n  operands:\n    max: 2\n    of: [\"-u\", \"-G\"]\n";
  const auto campaign = directory / "id.campaign";
  const auto explored = harness_run(
      {"explore", directory / "id.yaml", "--out", campaign, "--runs", "200", "--for", "60s"});
  CAPTURE(explored.error);
  REQUIRE(explored.status == 0);
  for (const auto& format : policy::formats()) {
    CAPTURE(format.file);
    std::ifstream file(campaign + "/policy/" + std::string(format.file), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    CHECK(format.read(text).ok());
  }
  for (const auto* format : {"json", "docker"}) {
    const auto verified = harness_run({"verify", campaign, "--fresh", "5", "--format", format});
    CAPTURE(verified.error);
    CHECK(verified.status == 0);
    CHECK(verified.output.empty());
  }
  // One call less: each run that makes it is reported.
  const auto narrower = directory / "narrower.json";
  REQUIRE(harness_run({"policy", campaign, "--deny", "geteuid", "-o", narrower}).status == 0);
  const auto refused = harness_run({"verify", campaign, "--policy", narrower, "--fresh", "5"});
  CAPTURE(refused.error);
  CHECK(refused.status == 2);
  CHECK(std::ranges::count(refused.output, '\n') >= 1);
  CHECK(refused.output.find("\tgeteuid\t1\tid\t") != std::string::npos);
  CHECK(refused.output.find("getgroups") == std::string::npos);

  const auto wrapped = harness_run({"verify", campaign, "--policy", narrower, "--command",
                                    "id; \"$HARNESS_TARGET\" -u; exit 3"});
  CAPTURE(wrapped.error);
  CHECK(wrapped.status == 2);
  CHECK(wrapped.error.find("ended with status 3") != std::string::npos);
  CHECK(wrapped.error.find("started 2 times under the policy: 2 refused") != std::string::npos);
}
