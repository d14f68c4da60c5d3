// FilterSpec: a filter as a table of verdicts by architecture and number. Pure value. `build` makes
// a program of it. `decide` computes the verdict that this program must return and is therefore its
// oracle.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bpf/verdict.hpp"
#include "core/model/policy.hpp"
#include "core/model/syscall_id.hpp"

#include <linux/seccomp.h>
#include <map>
#include <vector>

namespace harness::bpf {

/// The answer to one call. With `alternatives` (each a conjunction) `verdict` holds only where one
/// of them is met, and `unmet` elsewhere.
struct Decision {
  Verdict verdict = allow_verdict;
  std::vector<std::vector<ArgumentCondition>> alternatives;
  Verdict unmet = errno_verdict(EPERM);
  friend bool operator==(const Decision&, const Decision&) = default;
};

struct ArchTable {
  std::map<std::int32_t, Decision> calls; // x32 numbers too, with their bit
  Verdict otherwise = kill_process_verdict;
  /// x86_64 only: all numbers from 0x40000000 to 0x7fffffff that `calls` does not list.
  Verdict x32 = kill_process_verdict;
  friend bool operator==(const ArchTable&, const ArchTable&) = default;
};

struct FilterSpec {
  AuditArch native = AuditArch::x86_64; // asked for first
  std::map<AuditArch, ArchTable> archs;
  Verdict foreign = kill_process_verdict; // every architecture that is not listed
  friend bool operator==(const FilterSpec&, const FilterSpec&) = default;
};

/// What the kernel shows a filter of a call.
seccomp_data call_data(SyscallId id, const std::array<std::uint64_t, 6>& arguments = {});

/// The verdict of the table.
Verdict decide(const FilterSpec& spec, const seccomp_data& data);

/// The table of phase `phase` of `policy`: its entries with their actions, the default action for
/// every other number, the policy's action for x32 and for architectures without any entry.
/// Requires phase < policy.phases.size().
FilterSpec spec_of(const Policy& policy, std::size_t phase);

} // namespace harness::bpf
