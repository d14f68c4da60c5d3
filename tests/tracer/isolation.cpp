// Isolation, clause by clause: each test has a hostile fixture try what must not work.
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <linux/keyctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace harness;
using test::Target;

namespace {

bool can_isolate() {
  if (::getuid() != 0) {
    MESSAGE("skipped: isolation without a sandbox around it needs root; run the tests as root");
    return false;
  }
  return test::open_to_all(test::fixture("list_processes"));
}

/// A run directory of its own, and a target isolated in it. The fixture is shown to it even where
/// the build lies below /tmp.
class Isolated {
public:
  explicit Isolated(std::vector<std::string> words) : target(std::move(words)) {
    std::filesystem::create_directories(directory / "run");
    ::chmod(directory.path().c_str(), 01777);
    ::chmod((directory / "run").c_str(), 0777);
    target.spec.directory = "/tmp/run";
    target.spec.isolation =
        Isolation{.run_directory = directory.path(), .exposed = {target.spec.executable}};
  }
  test::TemporaryDirectory directory;
  Target target;
};

} // namespace

TEST_CASE("isolated: identity, capabilities and other processes are gone") {
  if (!can_isolate()) {
    return;
  }
  Isolated run({test::fixture("list_processes")});
  const auto result = run.target.run();
  INFO(describe(result.end));
  CHECK(test::exit_status(result) == 0);
  CHECK(run.target.output() ==
        "processes 2 pid 2 uid 65534 gid 65534 capabilities 0 no_new_privs 1\n");
}

TEST_CASE("isolated: only the run directory can be written") {
  if (!can_isolate()) {
    return;
  }
  test::TemporaryDirectory outside;
  ::chmod(outside.path().c_str(), 0777);
  const auto words = [&](const char* user) {
    return std::vector<std::string>{test::fixture("try_write"),
                                    std::string("/etc/harness-") + user,
                                    "/root/x",
                                    "/usr/bin/x",
                                    outside / "x",
                                    "/dev/x",
                                    "/x",
                                    "/proc/sys/kernel/core_pattern",
                                    "/proc/sysrq-trigger",
                                    "/tmp/inside",
                                    "in-cwd",
                                    "/dev/shm/inside",
                                    "/var/tmp/inside"};
  };
  for (const std::uint32_t uid : {65534U, 0U}) {
    Isolated run(words(uid == 0 ? "root" : "nobody"));
    run.target.spec.isolation->uid = uid;
    run.target.spec.isolation->gid = uid;
    const auto result = run.target.run();
    INFO(describe(result.end));
    INFO(run.target.output());
    CHECK(test::exit_status(result) == 4);
    CHECK(std::filesystem::exists(run.directory / "inside"));
    CHECK(std::filesystem::exists(run.directory / "run/in-cwd"));
    CHECK_FALSE(std::filesystem::exists(outside / "x"));
  }
}

TEST_CASE("isolated: nothing can be mounted, remounted or joined") {
  if (!can_isolate()) {
    return;
  }
  for (const std::uint32_t uid : {65534U, 0U}) {
    Isolated run({test::fixture("try_remount")});
    run.target.spec.isolation->uid = uid;
    const auto result = run.target.run();
    INFO(run.target.output());
    CHECK(test::exit_status(result) == 0);
  }
}

TEST_CASE("isolated: kill(-1) reaches nobody") {
  if (!can_isolate()) {
    return;
  }
  Isolated run({test::fixture("kill_everybody")});
  const auto result = run.target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(run.target.output() == "still here\n");
}

TEST_CASE("isolated: the keys of our session are neither seen nor added to") {
  if (!can_isolate()) {
    return;
  }
  if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0) < 0) {
    MESSAGE("skipped: no kernel keyrings here: " << std::strerror(errno));
    return;
  }
  REQUIRE(::syscall(SYS_add_key, "user", "harness-secret", "s", 1, KEY_SPEC_SESSION_KEYRING) > 0);
  for (const std::uint32_t uid : {65534U, 0U}) {
    Isolated run({test::fixture("session_keyring")});
    run.target.spec.isolation->uid = uid;
    run.target.spec.isolation->gid = uid;
    CHECK(test::exit_status(run.target.run()) == 0);
    CHECK(run.target.output() == "keys 0 added 1\n");
  }
  std::array<std::int32_t, 100> keys{};
  CHECK(::syscall(SYS_keyctl, KEYCTL_READ, KEY_SPEC_SESSION_KEYRING, keys.data(), sizeof keys) ==
        sizeof keys[0]);
}

TEST_CASE("isolated: nothing outlives the run") {
  if (!can_isolate()) {
    return;
  }
  const std::string marker = test::marker();
  Isolated run({test::fixture("double_fork_daemon"), "30", marker});
  run.target.spec.limits.wall = std::chrono::milliseconds(1500);
  const auto result = run.target.run();
  CHECK(timed_out(result));
  CHECK(result.processes.size() == 3);
  CHECK(test::processes_with(marker).empty());
}

TEST_CASE("isolated: memory segments and queues end with the run") {
  if (!can_isolate()) {
    return;
  }
  for (int again = 0; again < 2; ++again) {
    Isolated run({test::fixture("leave_ipc")});
    CHECK(test::exit_status(run.target.run()) == 0);
    CHECK(run.target.output() == "left 4\n");
    CHECK_FALSE(std::filesystem::exists("/dev/shm/harness-left-behind"));
    CHECK_FALSE(std::filesystem::exists("/tmp/left-behind"));
  }
}

TEST_CASE("isolated: the worker's directory is out of sight, an exposed path is in sight") {
  if (!can_isolate()) {
    return;
  }
  test::TemporaryDirectory worker;
  REQUIRE(::mount("none", worker.path().c_str(), "tmpfs", 0, nullptr) == 0);
  std::filesystem::create_directories(worker / "run/7/run");
  ::chmod((worker / "run/7").c_str(), 0777);
  CHECK(replace_file(worker / "secret", "x").ok());
  test::TemporaryDirectory shown;
  CHECK(replace_file(shown / "visible", "seen").ok());
  ::chmod(shown.path().c_str(), 0777);
  Target target({"/bin/sh", "-c",
                 fmt::format("cat {}/visible; cat {}/secret; ls {}; echo x > {}/new; true",
                             shown.path(), worker.path(), worker.path(), shown.path())});
  target.spec.isolation = Isolation{.run_directory = worker / "run/7",
                                    .hidden_directory = worker.path(),
                                    .exposed = {shown.path()}};
  const auto result = target.run();
  INFO(describe(result.end));
  CHECK(test::exit_status(result) == 0);
  CHECK(target.output().starts_with("seen"));
  CHECK(target.output().find("x\n") == std::string::npos);
  CHECK_FALSE(std::filesystem::exists(shown / "new"));
  REQUIRE(::umount(worker.path().c_str()) == 0);
}

TEST_CASE("isolated: a file system of its own has its size") {
  if (!can_isolate()) {
    return;
  }
  Isolated run({"/bin/sh", "-c", "head -c 200000 /dev/zero > small/file; stat -c %s small/file"});
  run.target.spec.isolation->exposed.clear();
  std::filesystem::create_directories(run.directory / "run/small");
  run.target.spec.isolation->file_systems = {
      {.kind = FileNode::Kind::file_system, .path = "small", .size_bytes = 65536, .mode = 0777}};
  const auto result = run.target.run();
  INFO(describe(result.end));
  CHECK(run.target.output().find("65536") != std::string::npos);
  CHECK(run.target.output().find("No space left") != std::string::npos);
}

TEST_CASE("isolated: a capability that is never given is refused by name") {
  if (!can_isolate()) {
    return;
  }
  Isolated run({"/bin/true"});
  run.target.spec.isolation->uid = 0;
  run.target.spec.isolation->capabilities = {"CAP_SYS_ADMIN"};
  const auto refused = run.target.run();
  REQUIRE(std::holds_alternative<LaunchFailed>(refused.end));
  CHECK(std::get<LaunchFailed>(refused.end).error.message.find("CAP_SYS_ADMIN") !=
        std::string::npos);
  run.target.spec.isolation->capabilities = {"CAP_CHOWN"};
  CHECK(test::exit_status(run.target.run()) == 0);
}

TEST_CASE("isolated: a target that is let go keeps its namespaces and goes on to its end") {
  if (!can_isolate()) {
    return;
  }
  Isolated run({test::fixture("report_answers")});
  run.target.options.detach_after_last_phase = true; // there is one phase: at its first call
  const auto result = run.target.run();
  REQUIRE(std::holds_alternative<Detached>(result.end));
  int status = 0;
  REQUIRE(::waitpid(result.processes.at(0).id, &status, 0) == result.processes.at(0).id);
  CHECK(WIFEXITED(status));
  CHECK(run.target.output() == "setup allowed\nserve allowed\n");
  // The namespace itself is ours to end: its first process is our child too.
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", ::getpid()));
  for (pid_t child = 0; children >> child;) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, __WALL);
  }
}
