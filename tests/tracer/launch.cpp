// Between clone and exec the target's process shares the launcher's memory: nobody else of the
// target's identity may get at it there.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/launch.hpp"

#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <cerrno>
#include <csignal>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace harness;

namespace {

constexpr std::uint32_t nobody = 65534;
const std::uint64_t secret = 0x5ec2e7;

/// True if a process of `nobody` can read `secret` out of process `id`.
bool nobody_reads(pid_t id) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool changed = ::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
                         ::setresuid(nobody, nobody, nobody) == 0;
    std::uint64_t copy = 0;
    const iovec here{&copy, sizeof copy};
    const iovec there{const_cast<std::uint64_t*>(&secret), sizeof secret};
    const bool read = ::process_vm_readv(id, &here, 1, &there, 1, 0) == sizeof copy;
    ::_exit(!changed || (read && copy == secret) ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

bool is_nobody(pid_t id) {
  const auto status = read_file(fmt::format("/proc/{}/status", id));
  return status && status->find("\nUid:\t65534\t65534") != std::string::npos;
}

} // namespace

TEST_CASE("a process of the target's identity can't reach us through a target being launched") {
  if (::getuid() != 0) {
    MESSAGE("skipped: isolation without a sandbox around it needs root; run the tests as root");
    return;
  }
  test::TemporaryDirectory directory;
  ::chmod(directory.path().c_str(), 01777);
  RunSpec spec;
  spec.executable = "/bin/true";
  spec.arguments = {"true"};
  spec.isolation = Isolation{.run_directory = directory.path()};
  ::prctl(PR_SET_DUMPABLE, 1); // as this process was before any launch
  const TraceOptions options;
  tracer::Launch launch(spec, options);
  REQUIRE(launch.start().ok());
  for (int i = 0; i < 1000 && !is_nobody(launch.id()); ++i) {
    ::usleep(10'000); // it stays there until it is released
  }
  CHECK(is_nobody(launch.id()));
  CHECK_FALSE(nobody_reads(launch.id()));
  ::kill(launch.id(), SIGKILL);
  launch.end_namespaces();
  while (::waitpid(-1, nullptr, __WALL) > 0) {
  }
  CHECK(errno == ECHILD);
}
