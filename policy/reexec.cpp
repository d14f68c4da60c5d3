// SPDX-License-Identifier: Apache-2.0
#include "policy/reexec.hpp"

#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <array>
#include <sys/prctl.h>

namespace harness::policy {

namespace {

bool may_execute(const PolicyPhase& phase, AuditArch native) {
  const auto allowed = phase.allowed();
  return std::ranges::any_of(std::array{"execve", "execveat"}, [&](const char* name) {
    const auto call = find_syscall(name, native);
    return call && allowed.contains(*call);
  });
}

} // namespace

Policy with_reexec(Policy policy) {
  const PolicyEntry loading{Action::allow,
                            Rule::launcher,
                            "",
                            0,
                            "",
                            "the patched program, when it executes itself again",
                            {}};
  const std::vector<ArgumentCondition> no_new_privs = {
      {.argument = 0, .mask = 0xffffffff, .value = PR_SET_NO_NEW_PRIVS}};
  bool executes = false;
  for (auto phase = policy.phases.rbegin(); phase != policy.phases.rend(); ++phase) {
    executes = executes || may_execute(*phase, policy.native);
    if (!executes) {
      continue; // filters only tighten: what a phase allows, those before it allow too
    }
    phase->entries.try_emplace(find_syscall("seccomp", policy.native).value(), loading);
    auto& entry = phase->entries.try_emplace(find_syscall("prctl", policy.native).value(), loading)
                      .first->second;
    const bool ours = entry == loading;
    if (ours || (entry.action == Action::allow && !entry.conditions.empty())) {
      entry.conditions.push_back(no_new_privs);
    }
  }
  return policy;
}

} // namespace harness::policy
