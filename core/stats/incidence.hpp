// Incidence: how often each (phase, call) pair was seen in T runs, reduced to what the estimators
// use. Pure; independent of phases and calls. docs/design/statistics.md explains the terms.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace harness::stats {

/// One run, by the writer that made it and its number there.
struct RunName {
  std::uint64_t writer = 0;
  std::uint64_t run = 0;
  friend auto operator<=>(const RunName&, const RunName&) = default;
};

/// A pair: the number of runs that showed it, and the first of them. That first run is enough to
/// know who owns a pair that was seen once, so no row per run is ever kept.
struct PairIncidence {
  std::uint64_t runs = 0;
  RunName first;
};

/// The incidence matrix, summed up.
struct Incidence {
  std::uint64_t runs = 0;             // T: rows
  std::vector<std::uint64_t> counts;  // Y_i > 0, sorted descending
  std::uint64_t singleton_owners = 0; // M1: runs that own a pair no other run has

  std::uint64_t pairs() const { return counts.size(); } // S
  std::uint64_t total() const;                          // U = sum of Y_i
  /// Q_k: pairs that exactly `k` runs showed.
  std::uint64_t seen_exactly(std::uint64_t k) const;
};

/// `pairs` with a count of 0 are left out.
Incidence summarize(std::uint64_t runs, std::span<const PairIncidence> pairs);

} // namespace harness::stats
