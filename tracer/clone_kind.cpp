// SPDX-License-Identifier: Apache-2.0
#include "tracer/clone_kind.hpp"

#include "tracer/watched_call.hpp"

#include <sched.h>
#include <sys/syscall.h>

namespace harness::tracer {

namespace {

std::uint64_t clone3_flags(pid_t id, const SyscallInfo& entry) {
  std::uint64_t flags = 0; // the first member of struct clone_args
  read_memory(id, entry.args[0], std::as_writable_bytes(std::span(&flags, 1)));
  return flags;
}

} // namespace

std::optional<std::uint64_t> clone_flags(pid_t id, const SyscallInfo& entry) {
  constexpr int clone3_number = 435; // the same on every architecture
  const std::int32_t number = number_without_x32(entry.call);
  if (number == clone3_number) {
    return clone3_flags(id, entry);
  }
  const bool native = entry.call.arch == AuditArch::x86_64;
  const auto is = [&](int native_number, int i386_number) {
    return number == (native ? native_number : i386_number);
  };
  if (is(SYS_clone, 120)) {
    return entry.args[0];
  }
  if (is(SYS_vfork, 190)) {
    return CLONE_VM | CLONE_VFORK;
  }
  if (is(SYS_fork, 2)) {
    return 0;
  }
  return std::nullopt;
}

} // namespace harness::tracer
