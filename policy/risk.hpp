// Risk and reduction: what an attacker could still use of what a policy allows, and how much it
// removes, in the terms of the literature (share of all calls that is blocked, per phase). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/policy.hpp"
#include "core/model/syscall_table.hpp"

#include <string>
#include <vector>

namespace harness::policy {

struct RiskRow {
  std::string call; // qualified name
  SyscallNote note;
  std::string why;        // provenance
  std::string last_phase; // the last phase that allows it
};

/// The calls that `phase` allows, the most useful to an attacker first, then by name.
std::vector<RiskRow> risks(const Policy& policy, std::size_t phase);

struct ReductionRow {
  std::string phase;
  std::size_t allowed = 0;
  std::size_t blocked = 0;
  std::size_t total = 0;         // calls of the native table
  std::size_t dropped = 0;       // allowed by the phase before, not by this one
  std::size_t critical_left = 0; // allowed calls of critical risk
};

std::vector<ReductionRow> reductions(const Policy& policy);

/// Both as text for a person: the table of reductions, then the calls of `phase` above low risk.
std::string risk_text(const Policy& policy, std::size_t phase);

} // namespace harness::policy
