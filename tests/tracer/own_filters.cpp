// Targets that install seccomp filters of their own: nothing of them is lost, counted twice or
// interrupted, and they are not told of ours.
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"
#include "tracer/own_filter.hpp"
#include "tracer/watched_call.hpp"

#include <doctest/doctest.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

using namespace harness;
using namespace harness::tracer;
using test::Target;

namespace {

FilterProgram returns(std::uint32_t verdict) {
  return {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
          {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 5},
          {BPF_RET | BPF_K, 0, 0, verdict},
          {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
}

SyscallInfo entry(AuditArch arch, int number, std::uint64_t first = 0, std::uint64_t second = 0) {
  SyscallInfo info;
  info.call = {arch, number};
  info.args = {first, second, 0, 0, 0, 0};
  return info;
}

} // namespace

TEST_CASE("a filter for all threads loses no call of theirs and counts none twice") {
  for (const std::string how : {"allow", "refuse"}) {
    for (int i = 0; i < 8; ++i) {
      INFO(how);
      Target target({test::fixture("filter_beside_threads"), how});
      const auto result = target.run();
      CHECK(test::exit_status(result) == 0);
      CHECK(result.incomplete.empty());
      CHECK(test::counts(result)["getppid"] == 8000);
    }
  }
}

TEST_CASE("a filter for all threads interrupts none of their waits") {
  Target target({test::fixture("filter_beside_waiters")});
  const auto result = target.run();
  CHECK(target.output() == "epoll_wait 0\nread 4\n");
  CHECK(test::counts(result)["readv"] == 4);
  CHECK(test::counts(result)["epoll_wait"] == 1);
}

TEST_CASE("a target is told of its own filter, not of ours") {
  for (const Mode mode : {Mode::count, Mode::discover}) {
    Target target({test::fixture("asks_for_filter")});
    target.options.mode = mode;
    const auto result = target.run();
    CHECK(test::exit_status(result) == 0);
    CHECK(target.output() == "0 2\n");
  }
}

TEST_CASE("a filter hides calls if one of its verdicts is stricter than a stop") {
  for (const auto verdict :
       {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO}) {
    CHECK(may_hide_calls(returns(verdict)));
  }
  for (const auto verdict : {SECCOMP_RET_TRACE, SECCOMP_RET_LOG, SECCOMP_RET_ALLOW}) {
    CHECK_FALSE(may_hide_calls(returns(verdict)));
  }
  CHECK(may_hide_calls({{BPF_RET | BPF_A, 0, 0, 0}})); // whatever was computed
  CHECK_FALSE(may_hide_calls({}));
}

TEST_CASE("watched calls are known in each form") {
  constexpr int x32 = 0x40000000;
  const auto native = AuditArch::x86_64;
  const auto i386 = AuditArch::i386;
  CHECK(watched_call(entry(native, SYS_clone)) == WatchedCall::clone);
  CHECK(watched_call(entry(native, SYS_clone | x32)) == WatchedCall::clone);
  CHECK(watched_call(entry(i386, 120)) == WatchedCall::clone);
  CHECK(watched_call(entry(i386, 435)) == WatchedCall::clone);
  CHECK(watched_call(entry(native, SYS_listen | x32)) == WatchedCall::listen);
  CHECK(watched_call(entry(i386, 363)) == WatchedCall::listen);
  CHECK(watched_call(entry(i386, 102, 4)) == WatchedCall::listen);
  CHECK(watched_call(entry(i386, 102, 5)) == WatchedCall::none);   // socketcall(accept)
  CHECK(watched_call(entry(native, 102, 4)) == WatchedCall::none); // getuid
  CHECK(watched_call(entry(native, 521 | x32)) == WatchedCall::ptrace);
  CHECK(watched_call(entry(i386, 26)) == WatchedCall::ptrace);
  CHECK(watched_call(entry(native, 26)) == WatchedCall::none); // msync
  CHECK(watched_call(entry(native, SYS_seccomp | x32, SECCOMP_SET_MODE_FILTER)) ==
        WatchedCall::set_filter);
  CHECK(watched_call(entry(i386, 354, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC)) ==
        WatchedCall::set_filter_everywhere);
  CHECK(watched_call(entry(native, SYS_seccomp, SECCOMP_GET_ACTION_AVAIL)) == WatchedCall::none);
  CHECK(watched_call(entry(i386, 172, PR_SET_SECCOMP)) == WatchedCall::set_filter);
  CHECK(watched_call(entry(native, SYS_prctl, PR_GET_SECCOMP)) == WatchedCall::get_seccomp);
  CHECK(watched_call(entry(native, -1)) == WatchedCall::none);
}
