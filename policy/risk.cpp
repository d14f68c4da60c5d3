// SPDX-License-Identifier: Apache-2.0
#include "policy/risk.hpp"

#include "core/base/text.hpp"
#include "policy/make_policy.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::policy {

std::vector<RiskRow> risks(const Policy& policy, std::size_t phase) {
  std::vector<RiskRow> rows;
  const auto& at = policy.phases.at(phase);
  for (const auto call : at.allowed()) {
    RiskRow row{qualified_name(call, policy.native), note_of(syscall_name(call)),
                provenance(at.entries.at(call)), at.name};
    for (std::size_t i = phase; i < policy.phases.size(); ++i) {
      if (policy.phases[i].allowed().contains(call)) {
        row.last_phase = policy.phases[i].name;
      }
    }
    rows.push_back(std::move(row));
  }
  std::ranges::sort(rows, [](const RiskRow& a, const RiskRow& b) {
    return a.note.risk != b.note.risk ? a.note.risk > b.note.risk : a.call < b.call;
  });
  return rows;
}

std::vector<ReductionRow> reductions(const Policy& policy) {
  std::vector<ReductionRow> rows;
  SyscallSet before;
  for (const auto& phase : policy.phases) {
    ReductionRow row{.phase = phase.name, .total = syscalls_of(policy.native).size()};
    const auto allowed = phase.allowed();
    for (const auto call : allowed) {
      row.allowed += call.arch == policy.native ? 1 : 0;
      row.critical_left += note_of(syscall_name(call)).risk == Risk::critical ? 1 : 0;
    }
    row.blocked = row.total - std::min(row.total, row.allowed);
    row.dropped = (before - allowed).size();
    before = allowed;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string risk_text(const Policy& policy, std::size_t phase) {
  std::string text = fmt::format("{:<20} {:>8} {:>8} {:>5}  {:>7}  {:>8}\n", "phase", "allowed",
                                 "blocked", "of", "dropped", "critical");
  for (const auto& row : reductions(policy)) {
    text += fmt::format("{:<20} {:>8} {:>8} {:>5}  {:>7}  {:>8}\n", printable(row.phase),
                        row.allowed, row.blocked, row.total, row.dropped, row.critical_left);
  }
  text += fmt::format("\nAllowed in phase {}, the most useful to an attacker first:\n",
                      printable(policy.phases.at(phase).name));
  for (const auto& row : risks(policy, phase)) {
    if (row.note.risk == Risk::low) {
      continue;
    }
    text +=
        fmt::format("{:<9} {:<20} {}\n{:<30} {}; until phase {}\n", to_string(row.note.risk),
                    row.call, row.note.reason, "", printable(row.why), printable(row.last_phase));
  }
  return text;
}

} // namespace harness::policy
