// The real consumers: each file is handed to the program that it is for, which must take it and let
// a target run under it that makes the allowed calls, and refuse what is not allowed.
// SPDX-License-Identifier: Apache-2.0
#include "policy/format.hpp"

#include "core/base/fd.hpp"
#include "core/bpf/build.hpp"
#include "core/bpf/evaluate.hpp"
#include "core/model/syscall_table.hpp"
#include "tests/policy/sample.hpp"
#include "tests/support/process.hpp"

#include <cstdio>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

using namespace harness;
using namespace harness::policy;

namespace {

/// What the fixture policy_probe needs, in one phase; it tries uname, which is not there.
Policy probe_policy(const std::vector<std::string>& more = {}) {
  Profile profile;
  profile.phases = {"all"};
  for (const auto* name :
       {"write",           "brk",     "mmap",      "munmap",    "mprotect",
        "arch_prctl",      "openat",  "read",      "close",     "newfstatat",
        "fstat",           "pread64", "access",    "getpid",    "set_tid_address",
        "set_robust_list", "rseq",    "prlimit64", "getrandom", "readlink",
        "readlinkat",      "fcntl",   "futex"}) {
    test::see(profile, "all", name);
  }
  const std::vector<Phase> phases = {{"all", LaunchTrigger{}}};
  Options options;
  options.allow = more;
  auto policy = *make_policy(profile, phases, options);
  policy.campaign = "probe";
  policy.executable = test::fixture("policy_probe");
  return policy;
}

std::string written(const char* name, const Policy& policy) {
  const auto text = write_policy(**find_format(name), policy, 0);
  if (!text) {
    FAIL(text.error().message);
  }
  return text->text;
}

void save(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// The probe ran its allowed calls and was refused uname with ENOSYS.
void check_probe(const test::Outcome& outcome) {
  CAPTURE(outcome.error);
  CAPTURE(outcome.output);
  CHECK(outcome.output.find("getpid works\n") != std::string::npos);
  CHECK(outcome.output.find("uname: ENOSYS\n") != std::string::npos);
  CHECK(outcome.status == 0);
}

} // namespace

TEST_CASE("bwrap takes the raw filter") {
  if (!test::available("bwrap", "bubblewrap")) {
    return;
  }
  const test::TemporaryDirectory directory;
  save(directory / "filter", written("bpf", probe_policy()));
  const auto bwrap = [&](const std::string& options) {
    return test::run(
        {.words = {"sh", "-c", "exec bwrap --bind / / " + options + " --seccomp 9 \"$0\" 9<\"$1\"",
                   test::fixture("policy_probe"), directory / "filter"}});
  };
  check_probe(bwrap(""));
  check_probe(bwrap("--unshare-pid")); // bwrap's own first process is under the filter as well
}

TEST_CASE("the C array compiles without a warning and installs itself") {
  if (!test::available("cc", "gcc")) {
    return;
  }
  const test::TemporaryDirectory directory;
  save(directory / "filter.c", written("c", probe_policy()));
  save(directory / "main.c", R"(#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
int harness_install_phase(unsigned phase);
int main(void) {
  struct utsname name;
  if (harness_install_phase(7) != -1 || errno != EINVAL) return 1;
  if (harness_install_phase(0) != 0) return 2;
  printf(getpid() > 0 ? "getpid works\n" : "");
  printf("uname: %s\n", uname(&name) == 0 ? "works" : errno == ENOSYS ? "ENOSYS" : "?");
  return 0;
})");
  const auto built = test::run({.words = {"cc", "-Wall", "-Wextra", "-Wmissing-prototypes",
                                          "-Werror", "filter.c", "main.c", "-o", "probe"},
                                .directory = directory.path()});
  CAPTURE(built.error);
  REQUIRE(built.status == 0);
  check_probe(test::run({.words = {directory / "probe"}}));
}

TEST_CASE("the libseccomp source builds a filter of the same verdicts") {
  if (!test::available("cc", "gcc")) {
    return;
  }
  const test::TemporaryDirectory directory;
  const auto policy = probe_policy({"mseal"});
  save(directory / "filter.c", written("c-libseccomp", policy));
  save(directory / "main.c",
       "#include <seccomp.h>\nscmp_filter_ctx harness_filter(void);\n"
       "int main(void) { return -seccomp_export_bpf(harness_filter(), 1); }\n");
  const auto built = test::run({.words = {"cc", "-Wall", "-Wextra", "-Werror", "filter.c", "main.c",
                                          "-o", "filter", "-lseccomp"},
                                .directory = directory.path()});
  CAPTURE(built.error);
  REQUIRE(built.status == 0);
  const auto bytes = test::run({.words = {directory / "filter"}}).output;
  FilterProgram theirs(bytes.size() / sizeof(sock_filter));
  std::memcpy(theirs.data(), bytes.data(), theirs.size() * sizeof(sock_filter));
  const auto ours = *bpf::build(policy, 0);
  for (std::int32_t number = 0; number < 600; ++number) {
    const auto data = bpf::call_data({AuditArch::x86_64, number});
    CAPTURE(number);
    CHECK(*bpf::evaluate(theirs, data) == *bpf::evaluate(ours, data));
  }
  for (const auto id : {SyscallId{AuditArch::i386, 1}, SyscallId{AuditArch::x86_64, x32_bit}}) {
    CHECK(*bpf::evaluate(theirs, bpf::call_data(id)) == bpf::kill_process_verdict);
  }
}

TEST_CASE("systemd takes the drop-in, and its @default is the one that we count with") {
  if (!test::available("systemd-analyze", "systemd")) {
    return;
  }
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "probe.service.d");
  save(directory / "probe.service", "[Service]\nExecStart=/bin/true\n");
  save(directory / "probe.service.d/seccomp.conf", written("systemd", probe_policy()));
  const auto verified =
      test::run({.words = {"systemd-analyze", "verify", "--man=no", directory / "probe.service"}});
  CHECK(verified.error.find("seccomp.conf") == std::string::npos);
  CHECK(verified.error.find("Failed to parse") == std::string::npos);
  // It would have complained:
  save(directory / "probe.service.d/seccomp.conf", "[Service]\nSystemCallFilter=raed\n");
  CHECK(test::run({.words = {"systemd-analyze", "verify", "--man=no", directory / "probe.service"}})
            .error.find("raed") != std::string::npos);

  const auto listed =
      test::run({.words = {"systemd-analyze", "--no-pager", "syscall-filter", "@default"}}).output;
  std::string missing;
  std::size_t known = 0;
  const auto spec = *systemd_format.read("SystemCallArchitectures=native\n");
  for (std::size_t at = 0; at < listed.size();) {
    const auto end = std::min(listed.find('\n', at), listed.size());
    const auto word = listed.substr(at, end - at);
    at = end + 1;
    const auto start = word.find_first_not_of(' ');
    const auto call = start == word.npos ? std::nullopt : find_syscall(word.substr(start));
    if (call) {
      ++known;
      missing += bpf::lets_run(bpf::decide(spec, bpf::call_data(*call))) ? "" : word;
    }
  }
  CHECK(known > 30);
  CHECK(missing == "");
}

TEST_CASE("firejail takes the profile") {
  if (!test::available("firejail", "firejail")) {
    return;
  }
  const auto tried = test::run({.words = {"firejail", "--noprofile", "/bin/true"}});
  if (tried.status != 0) {
    std::printf("skipped: firejail can't start anything on this machine\n");
    return;
  }
  if ((tried.output + tried.error).find("existing sandbox was detected") != std::string::npos) {
    std::printf("skipped: firejail does nothing in a container; run the tests outside of one\n");
    return;
  }
  const test::TemporaryDirectory directory;
  save(directory / "probe.profile", written("firejail", probe_policy()));
  check_probe(
      test::run({.words = {"firejail", "--quiet", "--profile=" + (directory / "probe.profile"),
                           test::fixture("policy_probe")}}));
}

TEST_CASE("runc and crun take the OCI profile") {
  for (const auto* runtime : {"runc", "crun"}) {
    if (!test::available(runtime, runtime)) {
      continue;
    }
    const test::TemporaryDirectory directory;
    std::filesystem::create_directories(directory / "root/proc");
    std::filesystem::copy_file(test::fixture("policy_probe_static"), directory / "root/probe");
    const auto bundle = [&](const std::string& seccomp) {
      return fmt::format(R"({{"ociVersion": "1.0.2", "root": {{"path": "root"}},
        "process": {{"cwd": "/", "args": ["/probe"], "env": ["PATH=/bin"], "noNewPrivileges": true,
                     "user": {{"uid": 0, "gid": 0}}}},
        "mounts": [{{"destination": "/proc", "type": "proc", "source": "proc"}}],
        "linux": {{"namespaces": [{{"type": "pid"}}, {{"type": "mount"}}]{}}}}})",
                         seccomp.empty() ? "" : ", \"seccomp\": " + seccomp);
    };
    const auto start = [&](const std::string& config) {
      save(directory / "config.json", config);
      return test::run({.words = {runtime, "--root", directory / "state", "run", "--bundle",
                                  directory.path(), "harness-policy-test"}});
    };
    if (const auto plain = start(bundle(""));
        plain.output.find("uname: works") == std::string::npos) {
      std::printf("skipped: %s can't start a container on this machine: %s\n", runtime,
                  plain.error.c_str());
      continue;
    }
    CAPTURE(runtime);
    check_probe(start(bundle(written("oci", probe_policy()))));
  }
}
