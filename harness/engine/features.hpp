// Features: what of a run guides the search, as numbers that are the same in every worker and every
// campaign of a plan: (phase, call) pairs first, then call-to-call edges, argument classes and
// errnos, each with its frequency in powers of two. Pure; knows no libFuzzer.
#pragma once

#include "harness/engine/pair_table.hpp"
#include "harness/model/run_result.hpp"

#include <cstdint>
#include <vector>

namespace harness::engine {

/// Observations beyond pairs share this many counters, by hash. A multiple of 8; with 8 frequencies
/// each they stay below the 2^21 at which libFuzzer's own numbers would alias.
constexpr std::size_t extra_counters = std::size_t{1} << 16;

/// How often an observation was made.
struct Observation {
  std::size_t counter = 0; // pairs: position in the PairTable; extras: [0, extra_counters)
  std::uint8_t times = 1;  // 1 … 255, saturating
  friend bool operator==(const Observation&, const Observation&) = default;
};

struct Features {
  std::vector<Observation> pairs; // `times` is always 1: a set, not counts
  std::vector<Observation> extras;
};

Features features_of(const RunResult& result, const PairTable& table);

/// All of them as sorted numbers without duplicates: what makes an input worth keeping.
std::vector<std::uint32_t> feature_numbers(const Features& features, const PairTable& table);

/// A growing set of feature numbers.
class FeatureSet {
public:
  /// How many of `numbers` were not there before.
  std::size_t add(const std::vector<std::uint32_t>& numbers);

private:
  std::vector<bool> seen_;
};

} // namespace harness::engine
