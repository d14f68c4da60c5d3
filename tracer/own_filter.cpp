// SPDX-License-Identifier: Apache-2.0
#include "tracer/own_filter.hpp"

#include "tracer/watched_call.hpp"

#include <algorithm>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

namespace harness::tracer {

namespace {

/// Verdicts are ordered as signed numbers: the kernel takes the least one.
std::int32_t strictness(std::uint32_t verdict) {
  return static_cast<std::int32_t>(verdict & SECCOMP_RET_ACTION_FULL);
}

} // namespace

bool may_hide_calls(const FilterProgram& program) {
  return std::any_of(program.begin(), program.end(), [](const sock_filter& step) {
    if (BPF_CLASS(step.code) != BPF_RET) {
      return false;
    }
    return BPF_RVAL(step.code) != BPF_K || strictness(step.k) < strictness(SECCOMP_RET_TRACE);
  });
}

bool hides_calls(pid_t id, const SyscallInfo& entry) {
  const bool native =
      entry.call.arch == AuditArch::x86_64 && number_without_x32(entry.call) == entry.call.number;
  sock_fprog header{};
  const std::uint64_t address = entry.args[2]; // of both seccomp and prctl
  if (!native ||
      read_memory(id, address, std::as_writable_bytes(std::span(&header, 1))) != sizeof header) {
    return true;
  }
  FilterProgram program(std::min<std::size_t>(header.len, BPF_MAXINSNS));
  const auto bytes = std::as_writable_bytes(std::span(program));
  return read_memory(id, reinterpret_cast<std::uint64_t>(header.filter), bytes) != bytes.size() ||
         may_hide_calls(program);
}

bool filter_installed(const SyscallInfo& entry, std::int64_t value) {
  const bool with_listener = watched_call(entry) != WatchedCall::none &&
                             number_without_x32(entry.call) != SYS_prctl &&
                             (entry.args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
  return value == 0 || (with_listener && value > 0); // the descriptor of the listener
}

} // namespace harness::tracer
