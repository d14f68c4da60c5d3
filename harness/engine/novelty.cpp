#include "harness/engine/novelty.hpp"

#include <algorithm>

namespace harness::engine {

PairName name_of(const Sighting& sighting, const RunResult& result) {
  std::string executable;
  if (sighting.executable < result.executables.size()) {
    const std::string& path = result.executables[sighting.executable];
    executable = path.substr(path.rfind('/') + 1); // npos + 1 is 0
  }
  return {sighting.phase, sighting.call, std::move(executable)};
}

std::vector<PairSeen> PairNumbers::line_of(const RunResult& result,
                                           std::vector<PairName>& defined) {
  std::vector<PairSeen> line;
  line.reserve(result.sightings.size());
  for (const auto& sighting : result.sightings) {
    PairName name = name_of(sighting, result);
    const auto number = static_cast<std::uint32_t>(numbers_.size());
    const auto [place, fresh] = numbers_.try_emplace(name, number);
    if (fresh) {
      defined.push_back(std::move(name));
    }
    line.push_back({place->second, sighting.calls.value_or(0), sighting.only_faulted});
  }
  return line;
}

bool Novelty::add(const KnownPair& pair) {
  const auto [place, fresh] = known_.try_emplace(pair.name, pair.only_faulted);
  const bool first_without_fault = place->second && !pair.only_faulted;
  place->second = place->second && pair.only_faulted;
  if (fresh) {
    calls_[pair.name.phase].insert(pair.name.call);
    sites_.insert(pair.name.call);
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
    if (add({name_of(sighting, result), sighting.only_faulted})) {
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
