// Policy: per phase, what a target may call, each entry with the reason why it is there. Pure
// value; the policy room makes it from a Profile and writes it in every format.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"
#include "core/model/syscall_id.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace harness {

/// Why a call is allowed or denied in a particular way.
enum class Rule {
  observed,      // seen in this phase or a later one
  faulted,       // seen only when other calls failed
  family,        // a libc may switch to it from an observed one
  always_needed, // exit, exit_group, rt_sigreturn, restart_syscall
  threads,       // made by the libc when a thread starts or ends
  vdso,          // becomes a system call with another clock source
  launcher,      // needed between loading the filter and the target's first instruction
  installer,     // needed to install a later phase's filter
  manual,        // --allow
  fallback,      // not allowed, but answered with ENOSYS so that libc falls back (clone3)
  denied,        // --deny
};
std::string_view to_string(Rule rule);

enum class Action { allow, enosys, eperm, kill_process, log };
std::string_view to_string(Action action);

/// A condition on a scalar argument: (argument & mask) == value.
struct ArgumentCondition {
  std::uint8_t argument = 0;
  std::uint64_t mask = ~std::uint64_t{0};
  std::uint64_t value = 0;
  friend auto operator<=>(const ArgumentCondition&, const ArgumentCondition&) = default;
};

/// One call of one phase.
struct PolicyEntry {
  Action action = Action::allow;
  Rule rule = Rule::observed;
  std::string first_phase; // where it was seen first; "" for rules that need no sighting
  std::uint64_t runs = 0;
  std::string input; // input_hash of the reproducer
  std::string note;  // for `manual`: what was asked for; for `family`: of which call
  /// Alternatives, each a conjunction; empty: whatever the arguments are.
  std::vector<std::vector<ArgumentCondition>> conditions;
  friend bool operator==(const PolicyEntry&, const PolicyEntry&) = default;
};

struct PolicyPhase {
  std::string name;
  Trigger trigger;
  std::map<SyscallId, PolicyEntry> entries;
  /// Exactly the calls with Action::allow (or log).
  SyscallSet allowed() const;
  friend bool operator==(const PolicyPhase&, const PolicyPhase&) = default;
};

struct Policy {
  std::string campaign;
  std::string executable;  // of which program, absolute
  std::string target_hash; // SHA-256 of that file
  AuditArch native = AuditArch::x86_64;
  Action default_action = Action::enosys;
  Action foreign_arch_action = Action::kill_process;
  std::vector<PolicyPhase> phases; // allowed() of each includes that of the next
  bool converged = false;
  std::string statement;             // the one sentence on residual risk
  std::vector<std::string> weakened; // named options that loosened it, as given
  friend bool operator==(const Policy&, const Policy&) = default;
};

} // namespace harness
