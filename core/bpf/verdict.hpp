// Verdict: what a seccomp filter returns for a call: an action and its data. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/policy.hpp"

#include <cstdint>
#include <linux/seccomp.h>
#include <span>
#include <string>

namespace harness::bpf {

/// SECCOMP_RET_*, with the action's data (an errno, a tracer's message) in the low 16 bits.
using Verdict = std::uint32_t;

constexpr Verdict allow_verdict = SECCOMP_RET_ALLOW;
constexpr Verdict kill_process_verdict = SECCOMP_RET_KILL_PROCESS;
constexpr Verdict log_verdict = SECCOMP_RET_LOG;
constexpr Verdict errno_verdict(int code) {
  return SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(code) & SECCOMP_RET_DATA);
}
constexpr Verdict trace_verdict(std::uint16_t message) {
  return SECCOMP_RET_TRACE | message;
}

/// The action without its data.
constexpr Verdict action_of(Verdict verdict) {
  return verdict & SECCOMP_RET_ACTION_FULL;
}

/// True if the call runs: allowed, or only logged.
constexpr bool lets_run(Verdict verdict) {
  return action_of(verdict) == SECCOMP_RET_ALLOW || action_of(verdict) == SECCOMP_RET_LOG;
}

/// The verdict that means `action`.
Verdict verdict_of(Action action);

/// What the kernel does if several filters are installed, given the newest first: the strictest
/// action; of equal ones the newest. Allowed if there is none. (kernel/seccomp.c,
/// seccomp_run_filters)
Verdict strictest(std::span<const Verdict> newest_first);

/// "ALLOW", "ERRNO(ENOSYS)", "TRACE(7)", "KILL_PROCESS"; "0x…" for an action no kernel knows.
std::string to_string(Verdict verdict);

} // namespace harness::bpf
