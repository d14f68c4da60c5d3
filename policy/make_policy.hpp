// make_policy: Profile → Policy. Decides what each phase allows and records why. Pure; independent
// of file formats and filters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/policy.hpp"
#include "core/model/profile.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace harness::policy {

/// How far beyond the plain observations a policy goes; each tier includes those before it.
enum class Tier {
  observed, // calls seen in runs without a fault
  family,   // also what a libc may use in their place
  faults,   // also calls seen only when other calls were made to fail, and their families
};
std::string_view to_string(Tier tier);

struct Options {
  Tier tier = Tier::observed;
  Action default_action =
      Action::enosys;             // for what is not listed; `log` is audit mode: nothing is blocked
  std::string executable;         // only calls of this file name; "" = of all
  std::vector<std::string> allow; // "NAME" or "NAME@PHASE"; also "arch:NAME"
  std::vector<std::string> deny;  // "NAME": EPERM in every phase
  bool vdso = true;               // allow what the vDSO usually answers
  bool installer = true;          // allow seccomp(2) where a later phase has a filter
};

/// A policy with one phase for each of `phases`: phase i allows what phases j >= i made, so that
/// filters only ever tighten. The launching execve, which every run makes once and before any
/// filter, is not counted as the target's. Entries by hand appear in Policy::weakened.
/// Errors: phases that are not the profile's; an unknown name in `allow` or `deny`, or one in both;
/// an executable that the profile does not know.
Result<Policy> make_policy(const Profile& profile, std::span<const Phase> phases,
                           const Options& options);

/// Members of an allowed call's family that `phase` does not allow: what an upgrade of the libc may
/// begin to use. Pairs of (not observed, the allowed one).
std::vector<std::pair<SyscallId, SyscallId>> foreseen(const PolicyPhase& phase);

/// A copy of `policy` whose phase `phase` also allows the calls that a launcher makes between
/// loading the filter and the target's first instruction; `launcher` names it in the entries'
/// notes.
Policy with_launcher(Policy policy, std::size_t phase, std::span<const std::string_view> calls,
                     std::string_view launcher);

/// Why an entry is there, for a comment: "observed in startup, 12 runs, input 9f31aa…".
std::string provenance(const PolicyEntry& entry);

} // namespace harness::policy
