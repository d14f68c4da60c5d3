// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/features.hpp"

#include <algorithm>

namespace harness::engine {

namespace {

enum class Domain : std::uint64_t { edge = 1, argument, error };

/// splitmix64's finalizer: neighbors end up far apart.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::size_t counter_of(Domain domain, std::initializer_list<std::uint64_t> parts) {
  std::uint64_t hash = mix(static_cast<std::uint64_t>(domain));
  for (const std::uint64_t part : parts) {
    hash = mix(hash ^ part) + part;
  }
  return hash % extra_counters;
}

std::uint64_t number_of(SyscallId call) {
  return std::hash<SyscallId>{}(call);
}

} // namespace

Features features_of(const RunResult& result, const PairTable& table) {
  Features features;
  for (const auto& sighting : result.sightings) {
    features.pairs.push_back(table.position(sighting.phase, sighting.call));
  }
  for (const auto& edge : result.edges) {
    features.extras.push_back(
        counter_of(Domain::edge, {edge.phase, number_of(edge.from), number_of(edge.to)}));
  }
  for (const auto& seen : result.arguments) {
    features.extras.push_back(counter_of(
        Domain::argument, {seen.phase, number_of(seen.call), seen.argument, seen.value}));
  }
  for (const auto& seen : result.errnos) {
    features.extras.push_back(counter_of(
        Domain::error, {seen.phase, number_of(seen.call), static_cast<std::uint64_t>(seen.code)}));
  }
  return features;
}

std::vector<std::uint32_t> feature_numbers(const Features& features, const PairTable& table) {
  std::vector<std::uint32_t> numbers;
  for (const std::size_t position : features.pairs) {
    numbers.push_back(static_cast<std::uint32_t>(position));
  }
  for (const std::size_t counter : features.extras) {
    numbers.push_back(static_cast<std::uint32_t>(table.size() + counter));
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::size_t FeatureSet::add(const std::vector<std::uint32_t>& numbers) {
  std::size_t fresh = 0;
  for (const std::uint32_t number : numbers) {
    if (number >= seen_.size()) {
      seen_.resize(number + std::size_t{1});
    }
    if (!seen_[number]) {
      seen_[number] = true;
      ++fresh;
    }
  }
  return fresh;
}

} // namespace harness::engine
