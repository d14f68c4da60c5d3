// Features: the properties of a run that guide the search, as numbers that are the same in every
// worker and every campaign of a plan: (phase, call) pairs first, then call-to-call edges, argument
// classes and errnos. A feature records whether something happened, not how often: a script with
// one more line changes every count, so that counts would keep runs that show nothing new. Pure;
// independent of libFuzzer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "harness/engine/pair_table.hpp"

#include <cstdint>
#include <vector>

namespace harness::engine {

/// Observations beyond pairs share this many counters, by hash. A multiple of 8; libFuzzer gives
/// each 8 numbers, with which they stay below the 2^21 at which its own numbers would alias.
constexpr std::size_t extra_counters = std::size_t{1} << 16;

struct Features {
  std::vector<std::size_t> pairs;  // positions in the PairTable
  std::vector<std::size_t> extras; // [0, extra_counters); may have duplicates
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
