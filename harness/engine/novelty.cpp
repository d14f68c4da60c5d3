// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/novelty.hpp"

#include <algorithm>

namespace harness::engine {

std::vector<PairSeen> PairNumbers::line_of(const RunResult& result, std::vector<PairKey>& defined) {
  std::vector<PairSeen> line;
  line.reserve(result.sightings.size());
  for (const auto& sighting : result.sightings) {
    PairKey pair = pair_of(sighting, result, phases_);
    const auto number = static_cast<std::uint32_t>(numbers_.size());
    const auto [place, fresh] = numbers_.try_emplace(pair, number);
    if (fresh) {
      defined.push_back(std::move(pair));
    }
    line.push_back({place->second, sighting.calls.value_or(0), sighting.only_faulted});
  }
  return line;
}

bool Novelty::add(const KnownPair& known) {
  const auto [place, fresh] = known_.try_emplace(known.pair, known.only_faulted);
  const bool first_without_fault = place->second && !known.only_faulted;
  place->second = place->second && known.only_faulted;
  if (fresh) {
    calls_[known.pair.phase].insert(known.pair.call);
    sites_.insert(known.pair.call);
  }
  return fresh || first_without_fault;
}

void Novelty::know(const std::vector<KnownPair>& pairs) {
  for (const auto& pair : pairs) {
    add(pair);
  }
}

std::vector<const Sighting*> Novelty::news(const RunResult& result) {
  std::vector<const Sighting*> fresh;
  for (const auto& sighting : result.sightings) {
    if (add({pair_of(sighting, result, phases_), sighting.only_faulted})) {
      fresh.push_back(&sighting);
    }
  }
  return fresh;
}

bool Slowness::slow(std::uint64_t stops) {
  std::vector<std::uint64_t> sorted(last_.begin(), last_.end());
  bool slow = false;
  if (sorted.size() >= remembered / 4) {
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    slow = stops > *middle * factor;
  }
  last_.push_back(stops);
  if (last_.size() > remembered) {
    last_.pop_front();
  }
  return slow;
}

} // namespace harness::engine
