// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/verdict.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>

namespace harness::bpf {

Verdict verdict_of(Action action) {
  switch (action) {
  case Action::allow:
    return allow_verdict;
  case Action::enosys:
    return errno_verdict(ENOSYS);
  case Action::eperm:
    return errno_verdict(EPERM);
  case Action::kill_process:
    return kill_process_verdict;
  case Action::log:
    return log_verdict;
  }
  return kill_process_verdict;
}

Verdict strictest(std::span<const Verdict> newest_first) {
  Verdict result = allow_verdict;
  for (const auto verdict : newest_first) {
    // The kernel compares actions as signed numbers: KILL_PROCESS has the sign bit.
    if (static_cast<std::int32_t>(action_of(verdict)) <
        static_cast<std::int32_t>(action_of(result))) {
      result = verdict;
    }
  }
  return result;
}

std::string to_string(Verdict verdict) {
  const auto data = verdict & SECCOMP_RET_DATA;
  switch (action_of(verdict)) {
  case SECCOMP_RET_KILL_PROCESS:
    return "KILL_PROCESS";
  case SECCOMP_RET_KILL_THREAD:
    return "KILL_THREAD";
  case SECCOMP_RET_TRAP:
    return fmt::format("TRAP({})", data);
  case SECCOMP_RET_ERRNO: {
    const char* name = strerrorname_np(static_cast<int>(data));
    return name != nullptr ? fmt::format("ERRNO({})", name) : fmt::format("ERRNO({})", data);
  }
  case SECCOMP_RET_USER_NOTIF:
    return "USER_NOTIF";
  case SECCOMP_RET_TRACE:
    return fmt::format("TRACE({})", data);
  case SECCOMP_RET_LOG:
    return "LOG";
  case SECCOMP_RET_ALLOW:
    return "ALLOW";
  default:
    return fmt::format("{:#x}", verdict);
  }
}

} // namespace harness::bpf
