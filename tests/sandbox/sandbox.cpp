// What a worker's sandbox shows and what it does not, seen from a shell in the worker's place. What
// a target sees is less: tests/e2e/isolation.cpp.
// SPDX-License-Identifier: Apache-2.0
#include "sandbox/sandbox.hpp"

#include "core/base/fd.hpp"
#include "sandbox/sandbox_masks.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace harness;
using namespace harness::sandbox;

namespace fs = std::filesystem;

namespace {

/// False, with the reason printed, where no sandbox can be had.
bool possible() {
  const auto problem = sandbox_problem();
  if (problem) {
    std::printf("skipped: no sandbox: %s; %s\n", problem->reason.c_str(), problem->remedy.c_str());
  }
  return !problem;
}

/// Runs the shell script in a sandbox for `target`.
test::Outcome inside(const std::string& script, const TargetPlan& target = {}) {
  return test::run(
      {.words = sandbox_command(
           target, {.harness = "/bin/sh", .arguments = {"-c", script}, .root = ::geteuid() == 0})});
}

Fd listening_socket(const std::string& path) {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd.get(), 1) == 0);
  return fd;
}

} // namespace

TEST_CASE("programs and libraries are there, homes and campaigns are not") {
  if (!possible()) {
    return;
  }
  const auto outcome = inside("ls /usr/bin/env /etc/passwd && ls -A /root /home /run && "
                              "ls / && cat /proc/sys/kernel/hostname");
  CHECK(outcome.error == "");
  CHECK(outcome.status == 0);
  CHECK(outcome.output.ends_with("sandbox\n"));
  for (const char* hidden : {"\nmnt\n", "\nboot\n", "\nsrv\n", "\nmedia\n"}) {
    CHECK(outcome.output.find(hidden) == std::string::npos);
  }
  CHECK(inside("ls '" + test::source_root() + "'").status != 0);
}

TEST_CASE("what only root may read is masked") {
  if (!possible()) {
    return;
  }
  CHECK(inside("cat /etc/shadow").status != 0);
  for (const auto& mask : masks_below("/etc")) {
    CAPTURE(mask.path);
    const auto outcome = inside(mask.directory ? "ls -A '" + mask.path + "'"
                                               : "cat '" + mask.path + "' 2>/dev/null");
    CHECK(outcome.output == "");
  }
}

TEST_CASE("what is too much to look at is hidden whole") {
  const test::TemporaryDirectory place;
  for (const char* name : {"a", "b", "c"}) {
    fs::create_directories(place / name);
    std::ofstream(place / name + "/secret") << "x";
    fs::permissions(place / name + "/secret", fs::perms::owner_read);
  }
  for (std::size_t limit = 0; limit < 8; ++limit) {
    const auto masks = masks_below(place.path(), limit);
    CHECK(masks.size() == 3);
    CHECK(std::ranges::count_if(masks, &Mask::directory) >= (limit < 2 ? 3 : 0));
  }
}

TEST_CASE("nothing that is shown can be written, own places can") {
  if (!possible()) {
    return;
  }
  for (const char* place : {"/usr", "/etc", "/sys", "/usr/lib"}) {
    CAPTURE(place);
    CHECK(inside(std::string("touch ") + place + "/harness-was-here").status != 0);
  }
  CHECK(inside("touch /tmp/x /var/tmp/x /harness/x").status == 0);
  CHECK(inside("stat -c %a /harness /tmp").output == "700\n1777\n");
}

TEST_CASE("no network, no processes of the host") {
  if (!possible()) {
    return;
  }
  CHECK(inside("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '").output == "lo\n");
  const auto processes = inside("ls /proc | grep -c '^[0-9]'");
  CHECK(std::stoi(processes.output) < 8);
}

TEST_CASE("the target and what it needs are shown at their own places, read-only") {
  if (!possible()) {
    return;
  }
  const test::TemporaryDirectory directory;
  REQUIRE(replace_file(directory / "tool", "#!/bin/sh\necho tool\n"));
  std::filesystem::permissions(directory / "tool", std::filesystem::perms(0755));
  std::filesystem::create_directory(directory / "data");
  REQUIRE(replace_file(directory / "data/one", "1"));
  REQUIRE(replace_file(directory / "secret", "s"));
  std::filesystem::create_symlink(directory / "tool", directory / "link");
  TargetPlan target;
  target.executable = directory / "link";
  target.extra_paths = {directory / "data"};
  const auto outcome = inside((directory / "link") + " && cat " + (directory / "data/one") +
                                  " && stat -c %a " + directory.path(),
                              target);
  CHECK(outcome.output == "tool\n1755\n"); // a target is nobody and must get there
  CHECK(inside("echo 2 > " + (directory / "data/one"), target).status != 0);
  CHECK(inside("cat " + (directory / "secret"), target).status != 0);
  CHECK(*read_file(directory / "data/one") == "1");
}

TEST_CASE("sockets of the host below what is shown can't be reached") {
  if (!possible() || ::geteuid() != 0) {
    std::printf("skipped: masking a socket below /opt needs root\n");
    return;
  }
  // A name of our own below a shown directory, gone at the end.
  const std::string place = "/opt/harness-test-" + std::to_string(::getpid());
  std::filesystem::create_directories(place);
  {
    const Fd server = listening_socket(place + "/open.sock");
    const auto found = sockets_below(*read_file("/proc/net/unix"), {"/opt"});
    CHECK(std::find(found.begin(), found.end(), place + "/open.sock") != found.end());
    const auto outcome = inside("test -S " + place + "/open.sock");
    CHECK(outcome.status != 0);
  }
  std::filesystem::remove_all(place);
}

TEST_CASE("another root takes the host's place") {
  if (!possible()) {
    return;
  }
  const test::TemporaryDirectory root;
  for (const char* name : {"etc", "usr/bin"}) {
    std::filesystem::create_directories(root / name);
  }
  REQUIRE(replace_file(root / "etc/only-here", "yes"));
  REQUIRE(replace_file(root / "usr/bin/target", ""));
  TargetPlan target;
  target.root = root.path();
  target.executable = "/usr/bin/target";
  // Our shell and its libraries are mounted, although the root has none.
  const auto outcome = inside("read word < /etc/only-here || echo $word; echo /usr/bin/*", target);
  CHECK(outcome.error == "");
  CHECK(outcome.output == "yes\n/usr/bin/target\n");
  CHECK_FALSE(std::filesystem::exists(root / "harness"));
}

TEST_CASE("sockets are told from the kernel's table") {
  const std::string table = "Num       RefCount Protocol Flags    Type St Inode Path\n"
                            "0000000000000000: 00000002 00000000 00010000 0001 01 1 @abstract\n"
                            "0000000000000000: 00000002 00000000 00010000 0001 01 2 /no/such.sock\n"
                            "0000000000000000: 00000003 00000000 00000000 0001 03 3\n";
  CHECK(sockets_below(table, {"/"}).empty());
  CHECK(is_below("/opt/a", "/opt"));
  CHECK(is_below("/opt", "/opt"));
  CHECK_FALSE(is_below("/optical", "/opt"));
}
