// SPDX-License-Identifier: Apache-2.0
#include "tracer/watched_call.hpp"

#include <linux/net.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace harness::tracer {

namespace {

constexpr std::int32_t x32_mark = 0x40000000;

/// The numbers of one architecture.
struct WatchedNumbers {
  std::int32_t clone, fork, vfork, listen, ptrace, seccomp, prctl;
};
constexpr WatchedNumbers native_numbers = {SYS_clone,  SYS_fork,    SYS_vfork, SYS_listen,
                                           SYS_ptrace, SYS_seccomp, SYS_prctl};
constexpr WatchedNumbers i386_numbers = {120, 2, 190, 363, 26, 354, 172};
constexpr std::int32_t clone3_number = 435; // the same on every architecture
constexpr std::int32_t x32_ptrace = 521;
constexpr std::int32_t i386_socketcall = 102;

WatchedCall of_seccomp(const SyscallInfo& entry) {
  if (entry.args[0] != SECCOMP_SET_MODE_FILTER) {
    return WatchedCall::none;
  }
  return (entry.args[1] & SECCOMP_FILTER_FLAG_TSYNC) != 0 ? WatchedCall::set_filter_everywhere
                                                          : WatchedCall::set_filter;
}

WatchedCall of_prctl(const SyscallInfo& entry) {
  if (entry.args[0] == PR_SET_SECCOMP) {
    return WatchedCall::set_filter;
  }
  return entry.args[0] == PR_GET_SECCOMP ? WatchedCall::get_seccomp : WatchedCall::none;
}

} // namespace

std::int32_t number_without_x32(const SyscallId& call) {
  const bool x32 =
      call.arch == AuditArch::x86_64 && call.number >= 0 && (call.number & x32_mark) != 0;
  return x32 ? call.number & ~x32_mark : call.number;
}

WatchedCall watched_call(const SyscallInfo& entry) {
  const bool native = entry.call.arch == AuditArch::x86_64;
  const WatchedNumbers& numbers = native ? native_numbers : i386_numbers;
  const std::int32_t number = number_without_x32(entry.call);
  const bool x32 = number != entry.call.number;
  if (number == numbers.clone || number == clone3_number || number == numbers.fork ||
      number == numbers.vfork) {
    return WatchedCall::clone;
  }
  if (number == numbers.listen ||
      (!native && number == i386_socketcall && entry.args[0] == SYS_LISTEN)) {
    return WatchedCall::listen;
  }
  if (number == (x32 ? x32_ptrace : numbers.ptrace)) {
    return WatchedCall::ptrace;
  }
  if (number == numbers.seccomp) {
    return of_seccomp(entry);
  }
  return number == numbers.prctl ? of_prctl(entry) : WatchedCall::none;
}

} // namespace harness::tracer
