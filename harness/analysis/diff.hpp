// diff: the calls that one of two campaigns saw and the other did not. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/profile.hpp"

#include <set>
#include <string>
#include <vector>

namespace harness::analysis {

enum class Change {
  gained, // only the second has it
  lost,   // only the first has it
  flaky,  // only one side has it, where its input did not always show it again
  same,
};

/// A (phase, call) pair in two campaigns.
struct DiffEntry {
  Change change = Change::same;
  std::string phase;
  SyscallId call;
  std::set<std::string> executables; // that made the call, on either side
  /// The side that has it (for `same`: the first) and the input that showed it first there.
  std::string reproducer_side;
  std::string reproducer;
  Stability stability; // of that reproducer
  friend bool operator==(const DiffEntry&, const DiffEntry&) = default;
};

struct Diff {
  std::vector<DiffEntry> entries; // sorted by phase as in the profiles, then by call
  std::size_t count(Change change) const;
};

struct DiffOptions {
  std::string first = "A"; // how to call the sides
  std::string second = "B";
  bool with_faulted = false; // count calls that were seen only under faults, too
};

/// Phases that one side does not have count as empty there.
Diff diff(const Profile& first, const Profile& second, const DiffOptions& options);

/// The exit status of `harness diff`: the sum of 2 = gained, 4 = lost. Flaky calls change nothing.
int diff_status(const Diff& diff);

/// "gained", …
std::string_view to_string(Change change);

} // namespace harness::analysis
