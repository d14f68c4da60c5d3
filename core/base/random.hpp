// Random: the only source of randomness in this project. The same seed gives the same sequence on
// every machine. The distributions of the standard library do not guarantee this, so none of them
// is used.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace harness {

/// xoshiro256** (Blackman and Vigna, public domain), seeded by splitmix64.
class Random {
public:
  explicit Random(std::uint64_t seed);

  /// An independent generator for the sub-task `stream`; does not advance this one.
  Random derive(std::uint64_t stream) const;

  std::uint64_t next();
  /// Uniform in [0, bound); 0 if bound is 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high], both included; requires low <= high.
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// True with probability `numerator`/`denominator`.
  bool chance(std::uint64_t numerator, std::uint64_t denominator) {
    return below(denominator) < numerator;
  }
  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// An index drawn with probability proportional to `weights`; 0 if all are 0 or none is given.
  std::size_t weighted(std::span<const double> weights);
  /// `count` arbitrary bytes.
  std::string bytes(std::size_t count);
  /// An element of a non-empty container.
  template <typename Container> auto& pick(Container& items) {
    return items[static_cast<std::size_t>(below(items.size()))];
  }

private:
  std::uint64_t state_[4];
};

} // namespace harness
