// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"

#include <bit>

namespace harness {

namespace {
std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
} // namespace

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) {
    word = splitmix64(seed);
  }
}

Random Random::derive(std::uint64_t stream) const {
  std::uint64_t mixed = state_[0] ^ std::rotl(state_[2], 17);
  mixed = splitmix64(mixed) ^ splitmix64(stream);
  return Random(mixed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound == 0) {
    return 0;
  }
  // Reject the part of the range that would favor small values.
  const std::uint64_t threshold = -bound % bound;
  for (;;) {
    const std::uint64_t drawn = next();
    if (drawn >= threshold) {
      return drawn % bound;
    }
  }
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const std::uint64_t step = width == 0 ? next() : below(width);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + step);
}

std::size_t Random::weighted(std::span<const double> weights) {
  double total = 0;
  for (const double weight : weights) {
    total += weight;
  }
  double rest = unit() * total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (rest < weights[i]) {
      return i;
    }
    rest -= weights[i];
  }
  return 0;
}

std::string Random::bytes(std::size_t count) {
  std::string drawn(count, '\0');
  for (auto& byte : drawn) {
    byte = static_cast<char>(next() >> 56);
  }
  return drawn;
}

} // namespace harness
