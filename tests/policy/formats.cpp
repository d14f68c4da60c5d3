// SPDX-License-Identifier: Apache-2.0
#include "policy/format.hpp"

#include "core/base/text.hpp"
#include "core/bpf/build.hpp"
#include "core/bpf/evaluate.hpp"
#include "core/model/syscall_table.hpp"
#include "tests/policy/sample.hpp"
#include "tests/support/process.hpp"
#include "tests/support/tame.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace harness;
using namespace harness::policy;

namespace {

const Format& format(const char* name) {
  const auto found = find_format(name);
  REQUIRE(found.ok());
  return **found;
}

std::string written(const char* name, const Policy& policy, std::size_t phase = 0) {
  const auto text = write_policy(format(name), policy, phase);
  if (!text) {
    FAIL(text.error().message);
  }
  return text->text;
}

std::string refusal(const char* name, const Policy& policy, std::size_t phase = 0) {
  const auto text = write_policy(format(name), policy, phase);
  return text ? "" : text.error().message;
}

std::string read_error(const char* name, const std::string& text) {
  const auto read = format(name).read(text);
  return read ? "" : read.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

/// Calls whose arguments meet a condition of the entry, or miss it by a bit.
std::vector<seccomp_data> calls_around(SyscallId call, const PolicyEntry& entry, Random& random) {
  std::vector<seccomp_data> calls;
  for (const auto& all : entry.conditions) {
    for (int change = 0; change < 6; ++change) {
      std::array<std::uint64_t, 6> arguments{};
      for (auto& argument : arguments) {
        argument = random.next();
      }
      for (const auto& condition : all) {
        auto& argument = arguments[condition.argument];
        argument = (argument & ~condition.mask) | condition.value;
        if (change > 2) {
          argument ^= 1ull << random.below(64);
        }
      }
      calls.push_back(bpf::call_data(call, arguments));
    }
  }
  return calls;
}

} // namespace

TEST_CASE("every format denotes the policy's set, whatever the policy") {
  Random random(test::property_seed("formats"));
  for (int round = 0; round < 12; ++round) {
    const bool conditions = round % 2 == 1;
    auto policy = test::arbitrary_policy(random, conditions);
    for (const auto& each : formats()) {
      CAPTURE(each.name);
      const auto phase = static_cast<std::size_t>(random.below(policy.phases.size()));
      const auto text = write_policy(each, policy, phase);
      const bool has_conditions = std::ranges::any_of(
          policy.phases[phase].entries, [](const auto& e) { return !e.second.conditions.empty(); });
      if (!each.conditions && has_conditions) {
        REQUIRE_FALSE(text.ok());
        continue;
      }
      if (!text) {
        FAIL(text.error().message);
      }
      const auto read = each.read(text->text);
      REQUIRE(read.ok());
      const auto whole = with_launcher(policy, phase, each.launcher_calls, each.launcher);
      const auto at = each.all_phases ? 0 : phase;
      const auto wanted = bpf::spec_of(whole, at);
      for (const auto& [call, entry] : whole.phases[at].entries) {
        if (each.name == "bpf" || each.name == "c") {
          continue; // their tables do not keep the conditions; the proof did it
        }
        for (const auto& data : calls_around(call, entry, random)) {
          CAPTURE(qualified_name(call));
          REQUIRE(bpf::lets_run(bpf::decide(*read, data)) ==
                  bpf::lets_run(bpf::decide(wanted, data)));
        }
      }
    }
  }
}

TEST_CASE("the default and the refusals are kept where a format can say them") {
  const auto policy = test::server_policy({.deny = {"kexec_load"}});
  const auto number = [](const char* name) { return bpf::call_data(*find_syscall(name)); };
  for (const auto* name :
       {"oci", "docker", "systemd", "kafel", "bpf", "c", "c-libseccomp", "json"}) {
    CAPTURE(name);
    const auto spec = *format(name).read(written(name, policy));
    CHECK(bpf::decide(spec, number("ptrace")) == bpf::errno_verdict(38));
    CHECK(bpf::decide(spec, number("clone3")) == bpf::errno_verdict(38));
    CHECK(bpf::decide(spec, number("kexec_load")) == bpf::errno_verdict(1));
    CHECK_FALSE(bpf::lets_run(bpf::decide(spec, bpf::call_data({AuditArch::i386, 11}))));
    CHECK_FALSE(bpf::lets_run(bpf::decide(spec, bpf::call_data({AuditArch::x86_64, x32_bit | 1}))));
  }
  // These two can't say the default; clone3 must answer ENOSYS all the same.
  for (const auto* name : {"spo", "minijail"}) {
    CAPTURE(name);
    const auto spec = *format(name).read(written(name, policy));
    CHECK(bpf::decide(spec, number("clone3")) == bpf::errno_verdict(38));
    CHECK(bpf::decide(spec, number("openat2")) == bpf::errno_verdict(38)); // the libc uses openat
    CHECK_FALSE(bpf::lets_run(bpf::decide(spec, number("ptrace"))));
  }
}

TEST_CASE("clone3 answers ENOSYS even where everything else gets EPERM") {
  const auto policy = test::server_policy({.default_action = Action::eperm});
  for (const auto* name : {"oci", "docker", "systemd", "spo", "minijail", "kafel", "bpf", "c",
                           "c-libseccomp", "json"}) {
    CAPTURE(name);
    const auto spec = *format(name).read(written(name, policy));
    CHECK(bpf::decide(spec, bpf::call_data(*find_syscall("clone3"))) == bpf::errno_verdict(38));
  }
}

TEST_CASE("what a format can't say is refused, with what to do") {
  CHECK(refusal("systemd", test::server_policy({.default_action = Action::log})) ==
        "the format systemd cannot express the default action log; write --deny-with enosys or "
        "eperm or "
        "kill_process");
  CHECK(refusal("firejail", test::server_policy({.deny = {"ptrace"}})) ==
        "the format firejail cannot express eperm only for ptrace; omit --deny for a call that is "
        "not allowed anyway");
  for (const auto* name :
       {"oci", "docker", "systemd", "spo", "minijail", "firejail", "kafel", "c-libseccomp"}) {
    CHECK(refusal(name, test::server_policy({.allow = {"i386:open"}}))
              .find("write --format bpf, c or json") != std::string::npos);
    CHECK(
        refusal(name, test::server_policy({.allow = {"syscall_999"}})).find("which has no name") !=
        std::string::npos);
  }
  CHECK(refusal("bpf", test::server_policy({.allow = {"i386:open", "syscall_999"}})).empty());
  CHECK(find_format("dokcer").error().message == "unknown format dokcer; did you mean docker?");
}

TEST_CASE("young calls are kept, with a warning for old tables") {
  const auto policy = test::server_policy({.allow = {"mseal"}});
  const auto oci = write_policy(format("oci"), policy, 0);
  REQUIRE(oci.ok());
  CHECK(oci->text.find("\"mseal\"") != std::string::npos);
  CHECK(std::ranges::any_of(oci->warnings, [](const std::string& warning) {
    return warning.find("does not know mseal") != std::string::npos;
  }));
  CHECK(written("kafel", policy).find("SYSCALL[462]") != std::string::npos);
}

TEST_CASE("what a launcher needs is added for it, and said") {
  const auto policy = test::server_policy({.executable = "server"});
  REQUIRE(policy.phases[1].allowed().contains(*find_syscall("execve")) == false);
  const auto docker = write_policy(format("docker"), policy, 1);
  REQUIRE(docker.ok());
  CHECK(docker->text.find("launcher: runc or crun") != std::string::npos);
  CHECK(std::ranges::any_of(docker->warnings, [](const std::string& warning) {
    return warning.find("allowed for the launcher") != std::string::npos &&
           warning.find("execve") != std::string::npos;
  }));
  // Ours are installed after the exec, by the tracer or by the program itself.
  for (const auto* name : {"json", "c"}) {
    const auto spec = *format(name).read(written(name, policy));
    CHECK_FALSE(bpf::lets_run(bpf::decide(spec, bpf::call_data(*find_syscall("execve")))));
  }
}

TEST_CASE("formats with comments say why each call is there") {
  const auto policy = test::server_policy();
  for (const auto* name :
       {"docker", "systemd", "spo", "minijail", "firejail", "kafel", "c", "c-libseccomp"}) {
    CAPTURE(name);
    const auto text = written(name, policy);
    CHECK(text.find("observed in startup, 3 runs, input input-openat") != std::string::npos);
    CHECK(text.find("always needed") != std::string::npos);
  }
  const auto loosened = test::server_policy({.allow = {"ptrace"}});
  for (const auto* name :
       {"systemd", "spo", "minijail", "firejail", "kafel", "c", "c-libseccomp"}) {
    CHECK(written(name, loosened).find("loosened by --allow ptrace") != std::string::npos);
  }
}

TEST_CASE("names from the target can't end a comment") {
  auto policy = test::server_policy();
  policy.campaign = "*/ int main(void) { } /*\n[Service]\nExecStart=/bin/sh";
  policy.phases[0].name = "\"; */\nSystemCallFilter=~";
  policy.phases[1].name = "x";
  for (const auto& each : formats()) {
    CAPTURE(each.name);
    const auto text = write_policy(each, policy, 0);
    REQUIRE(text.ok());
    if (each.name != "json" && each.name != "bpf") {
      CHECK(text->text.find("\n[Service]\nExecStart") == std::string::npos);
      CHECK((each.name != "c" || text->text.find("*/ int main") == std::string::npos));
    }
  }
}

TEST_CASE("hostile names stay in their comment, in every format") {
  auto policy = test::server_policy({.allow = {"ptrace"}});
  for (const std::string end : {"\\", "/*", "\x1b]0;title\x07\u202e\u009b\x7f\xff"}) {
    policy.campaign = policy.executable = policy.statement = "*//*/ `id` $(id) %n" + end;
    policy.phases[0].name = "\"; */ ~ \"" + end;
    policy.weakened = {end};
    for (auto& [call, entry] : policy.phases[0].entries) {
      entry.first_phase = entry.first_phase.empty() ? "" : policy.phases[0].name;
      entry.input = entry.note = "*/\nread: 1\n" + end;
    }
    for (const auto& each : formats()) {
      CAPTURE(each.name);
      const auto text = write_policy(each, policy, 0); // reads it back and compares, too
      REQUIRE_MESSAGE(text.ok(), text.error().message);
      if (each.name == "bpf") {
        continue;
      }
      CHECK(test::is_tame(text->text));
      for (const auto& line : split(text->text, '\n')) {
        CHECK_FALSE(line.ends_with('\\')); // would take the next line with it
      }
      if (each.name.starts_with("c") && test::available("cc", "gcc")) {
        const auto compiled = test::run({.words = {"cc", "-std=c11", "-Wall", "-Wextra", "-Werror",
                                                   "-fsyntax-only", "-x", "c", "-"},
                                         .input = text->text});
        CHECK_MESSAGE(compiled.status == 0, compiled.error);
      }
    }
  }
}

TEST_CASE("readers refuse what the consumer would refuse or ignore") {
  const auto policy = test::server_policy();
  const auto oci = written("oci", policy);
  CHECK(read_error("oci",
                   replaced(oci, "\"SCMP_ACT_ALLOW\"", "\"SCMP_ACT_ALLOW\", \"errnoRet\": 1")) ==
        "a rule: errnoRet with SCMP_ACT_ALLOW, which is not an error number");
  CHECK(read_error("oci", replaced(oci, "\"accept4\"", "\"acept4\"")) ==
        "acept4 is not a system call");
  CHECK(read_error("oci", replaced(oci, "\"architectures\"", "\"archMap\"")).find("archMap") !=
        std::string::npos);
  const auto docker = written("docker", policy);
  CHECK(read_error("docker", replaced(docker, "\"names\"", "\"name\": \"read\", \"names\"")) ==
        "a rule has both name and names");
  CHECK_FALSE(
      read_error("docker", replaced(docker, "\"archMap\"", "\"architectures\": [], \"archMap\""))
          .empty());
  const auto systemd = written("systemd", policy);
  CHECK_FALSE(
      read_error("systemd", replaced(systemd, "SystemCallArchitectures=native\n", "")).empty());
  CHECK_FALSE(
      read_error("systemd", replaced(systemd, "SystemCallFilter=read", "SystemCallFilter=raed"))
          .empty());
  CHECK_FALSE(
      read_error("firejail", replaced(written("firejail", policy), "seccomp.block-secondary\n", ""))
          .empty());
  const auto minijail = written("minijail", policy);
  CHECK_FALSE(read_error("minijail", replaced(minijail, "read: 1", "raed: 1")).empty());
  CHECK_FALSE(read_error("minijail", minijail + "read: 1\n").empty());
  // Kafel does not know the table's own name.
  const auto kafel =
      written("kafel", test::server_policy({.allow = {"fstat", "uname", "umount2"}}));
  for (const auto* name : {"newfstat", "newuname", "umount"}) {
    CHECK(kafel.find(name) != std::string::npos);
  }
  CHECK_FALSE(read_error("kafel", replaced(kafel, "newfstat", "fstat")).empty());
  const auto bpf = written("bpf", policy);
  CHECK_FALSE(read_error("bpf", bpf.substr(1)).empty());
  CHECK_FALSE(read_error("bpf", bpf.substr(0, bpf.size() - 8)).empty());
}

TEST_CASE("a filter longer than the kernel takes is one clear error") {
  auto policy = test::server_policy();
  for (auto& [call, entry] : policy.phases[0].entries) {
    for (std::uint64_t value = 0; value < 60; ++value) {
      entry.conditions.push_back({{0, ~0ull, value}, {1, ~0ull, value}});
    }
  }
  policy.phases.pop_back();
  CHECK(refusal("bpf", policy).find("the kernel accepts 4096") != std::string::npos);
}
