// Novelty: the pairs that a worker knows, and thereby what a run showed for the first time. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/features.hpp"
#include "harness/engine/protocol.hpp"

#include <deque>
#include <map>
#include <set>
#include <vector>

namespace harness::engine {

/// Numbers the pairs of one worker in the order in which it names them.
class PairNumbers {
public:
  /// `phases`: names in their order.
  explicit PairNumbers(std::vector<std::string> phases) : phases_(std::move(phases)) {}
  /// The lines of `result`'s sightings; pairs that have no number yet are appended to `defined`.
  std::vector<PairSeen> line_of(const RunResult& result, std::vector<PairKey>& defined);
  /// The number of a pair that a line has named.
  std::uint32_t of(const PairKey& pair) const { return numbers_.at(pair); }

private:
  std::vector<std::string> phases_;
  std::map<PairKey, std::uint32_t> numbers_;
};

class Novelty {
public:
  /// `phases`: names in their order.
  explicit Novelty(std::vector<std::string> phases) : phases_(std::move(phases)) {}
  /// These are no news any more, wherever they came from.
  void know(const std::vector<KnownPair>& pairs);
  /// Sightings of `result` whose pairs were not known, or known only under faults and now seen
  /// without; from now on they are.
  std::vector<const Sighting*> news(const RunResult& result);
  /// True if any of the numbers is new; from now on none is.
  bool new_features(const std::vector<std::uint32_t>& numbers) {
    return features_.add(numbers) > 0;
  }

  /// Calls that were seen in any phase: their code location is on file.
  const SyscallSet& sites() const { return sites_; }
  /// Calls known in phase `phase`.
  const SyscallSet& calls_of(const std::string& phase) { return calls_[phase]; }

private:
  /// False if it was known.
  bool add(const KnownPair& pair);

  std::vector<std::string> phases_;
  std::map<PairKey, bool> known_; // and whether only under faults
  std::map<std::string, SyscallSet> calls_;
  SyscallSet sites_;
  FeatureSet features_;
};

/// Whether a run took far more stops than runs usually do. By stops, not by the clock, so that the
/// same campaign comes to the same corpus on any machine.
class Slowness {
public:
  /// Counts a run in; true if it took more than `factor` times the median of the last ones.
  bool slow(std::uint64_t stops);

  static constexpr std::uint64_t factor = 8;
  static constexpr std::size_t remembered = 101;

private:
  std::deque<std::uint64_t> last_;
};

} // namespace harness::engine
