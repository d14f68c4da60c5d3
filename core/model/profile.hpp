// Profile: what a campaign knows of a target: per phase and executable, which calls with which
// counts, since which run, by which input, from which place in the code. Pure value; a join.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/pair.hpp"
#include "core/model/phase.hpp"
#include "core/model/run_result.hpp"
#include "core/model/syscall_id.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace harness {

/// A writer incarnation: a fresh id each time a worker starts. Its counts only ever grow.
using WriterId = std::string;

/// What one writer has counted of a pair.
struct PairCount {
  std::uint64_t calls = 0;
  std::uint64_t runs = 0;
  friend auto operator<=>(const PairCount&, const PairCount&) = default;
};

/// Where and when a pair was first seen. The earliest of two wins (ties: the smaller text), so that
/// the choice does not depend on the order of merging.
struct FirstSighting {
  std::uint64_t run = 0;       // number of the run within its writer's campaign, from 1
  double after_s = 0;          // seconds since the campaign began
  std::string input;           // input_hash
  std::string reproducer_from; // campaign or shard that has the input
  std::vector<CodeLocation> backtrace;
  friend bool operator==(const FirstSighting&, const FirstSighting&) = default;
};

/// k of n repetitions of its first input showed the pair again. n = 0: not tried yet.
struct Stability {
  std::uint32_t shown = 0;
  std::uint32_t tried = 0;
  bool flaky() const { return tried > 0 && shown < tried; }
  friend bool operator==(const Stability&, const Stability&) = default;
};

struct PairRecord {
  std::map<WriterId, PairCount> counts;
  FirstSighting first;
  Stability stability;
  bool only_faulted = true; // never seen in a run without a fault that took effect

  std::uint64_t calls() const; // sum over writers
  std::uint64_t runs() const;
  friend bool operator==(const PairRecord&, const PairRecord&) = default;
};

/// Runs of a phase: how many reached it, per writer.
using RunCounts = std::map<WriterId, std::uint64_t>;

class Profile {
public:
  /// Phase names in their order.
  std::vector<std::string> phases;
  std::map<PairKey, PairRecord> pairs;
  std::map<std::string, RunCounts> phase_runs;
  RunCounts runs; // complete runs
  RunCounts incomplete_runs;
  std::uint64_t total_runs() const;
  std::uint64_t total_incomplete_runs() const;
  std::uint64_t runs_reaching(const std::string& phase) const;

  /// All calls of a phase ("" = of all phases). Those seen only under faults are left out unless
  /// `with_faulted`.
  SyscallSet calls_of(const std::string& phase, bool with_faulted = false) const;

  /// Least upper bound of the two: commutative, associative, idempotent. Fails if the phases
  /// differ.
  Result<> merge(const Profile& other);
  friend bool operator==(const Profile&, const Profile&) = default;
};

/// The smaller of the two in the order that `merge` uses; exposed for its tests.
const FirstSighting& earlier(const FirstSighting& a, const FirstSighting& b);

} // namespace harness
