// SPDX-License-Identifier: Apache-2.0
#include "core/model/argument_text.hpp"
#include "core/model/syscall_table.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

using namespace harness;

namespace {
std::string text(const char* call, unsigned argument, std::uint64_t value) {
  return argument_text(*find_syscall(call), argument, value);
}
} // namespace

TEST_CASE("flags are or-ed names, commands one name") {
  CHECK(text("openat", 2, O_RDONLY | O_CLOEXEC) == "flags=O_RDONLY|O_CLOEXEC");
  CHECK(text("openat", 2, O_RDWR | O_CREAT | O_TRUNC) == "flags=O_RDWR|O_CREAT|O_TRUNC");
  CHECK(text("mmap", 2, PROT_READ | PROT_EXEC) == "prot=PROT_READ|PROT_EXEC");
  CHECK(text("mmap", 2, PROT_NONE) == "prot=0");
  CHECK(text("fcntl", 1, F_GETFD) == "cmd=F_GETFD");
  CHECK(text("socket", 0, AF_UNIX) == "family=AF_UNIX");
  CHECK(text("futex", 1, FUTEX_WAIT) == "op=FUTEX_WAIT");
  CHECK(text("clone", 0, CLONE_VM | CLONE_VFORK) == "flags=CLONE_VM|CLONE_VFORK");
  CHECK(text("kill", 1, SIGTERM) == "signal=SIGTERM");
  CHECK(text("pipe2", 1, O_CLOEXEC) == "flags=O_CLOEXEC");
}

TEST_CASE("names of several bits stand for all of them") {
  CHECK(text("openat", 2, O_SYNC) == "flags=O_RDONLY|O_SYNC");
  CHECK(text("openat", 2, O_DSYNC) == "flags=O_RDONLY|O_DSYNC");
  CHECK(text("openat", 2, O_RDWR | O_TMPFILE) == "flags=O_TMPFILE|O_RDWR");
  CHECK(text("openat", 2, O_DIRECTORY) == "flags=O_RDONLY|O_DIRECTORY");
}

TEST_CASE("what has no name is a number") {
  CHECK(text("fcntl", 1, 0x7777) == "cmd=0x7777");
  CHECK(text("mprotect", 2, PROT_READ | 0x4000) == "prot=PROT_READ|0x4000");
  CHECK(text("read", 2, 64) == "argument 3=0x40");
  CHECK(argument_text({AuditArch::x86_64, -1}, 0, 1) == "argument 1=0x1");
}
