// SPDX-License-Identifier: Apache-2.0
#include "core/stats/incidence.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace harness::stats {

std::uint64_t Incidence::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t Incidence::seen_exactly(std::uint64_t k) const {
  return static_cast<std::uint64_t>(std::count(counts.begin(), counts.end(), k));
}

Incidence summarize(std::uint64_t runs, std::span<const PairIncidence> pairs) {
  Incidence incidence{.runs = runs};
  std::vector<RunName> owners;
  for (const PairIncidence& pair : pairs) {
    if (pair.runs > 0) {
      incidence.counts.push_back(pair.runs);
    }
    if (pair.runs == 1) {
      owners.push_back(pair.first);
    }
  }
  std::sort(incidence.counts.begin(), incidence.counts.end(), std::greater<>());
  std::sort(owners.begin(), owners.end());
  const auto end = std::unique(owners.begin(), owners.end());
  incidence.singleton_owners = static_cast<std::uint64_t>(end - owners.begin());
  return incidence;
}

} // namespace harness::stats
