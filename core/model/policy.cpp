// SPDX-License-Identifier: Apache-2.0
#include "core/model/policy.hpp"

namespace harness {

std::string_view to_string(Rule rule) {
  switch (rule) {
  case Rule::observed:
    return "observed";
  case Rule::faulted:
    return "faulted";
  case Rule::family:
    return "family";
  case Rule::always_needed:
    return "always_needed";
  case Rule::threads:
    return "threads";
  case Rule::vdso:
    return "vdso";
  case Rule::launcher:
    return "launcher";
  case Rule::installer:
    return "installer";
  case Rule::manual:
    return "manual";
  case Rule::fallback:
    return "fallback";
  case Rule::denied:
    return "denied";
  }
  return "";
}

std::string_view to_string(Action action) {
  switch (action) {
  case Action::allow:
    return "allow";
  case Action::enosys:
    return "enosys";
  case Action::eperm:
    return "eperm";
  case Action::kill_process:
    return "kill_process";
  case Action::log:
    return "log";
  }
  return "";
}

SyscallSet PolicyPhase::allowed() const {
  std::vector<SyscallId> calls;
  for (const auto& [call, entry] : entries) {
    if (entry.action == Action::allow || entry.action == Action::log) {
      calls.push_back(call);
    }
  }
  return SyscallSet(std::move(calls));
}

} // namespace harness
