// SPDX-License-Identifier: Apache-2.0
#include "policy/audit.hpp"

namespace harness::policy {

Policy audit(Policy policy) {
  policy.default_action = Action::log;
  policy.foreign_arch_action = Action::log;
  for (auto& phase : policy.phases) {
    for (auto& [call, entry] : phase.entries) {
      if (entry.action != Action::allow || !entry.conditions.empty()) {
        entry.action = Action::log;
        entry.conditions.clear();
      }
    }
  }
  return policy;
}

} // namespace harness::policy
