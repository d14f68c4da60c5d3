// Shard: one of several campaigns of one plan that are merged at the end, or one of several places
// that draw a validation's runs. Says which seeds, chance and runs are its own. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

struct Shard {
  std::uint32_t index = 1; // from 1
  std::uint32_t count = 1;
  friend auto operator<=>(const Shard&, const Shard&) = default;
};

constexpr std::uint32_t max_shards = 1'000'000;

/// "2/4", and back; nothing for what is no shard.
std::string shard_text(Shard shard);
std::optional<Shard> parse_shard(std::string_view text);

/// Of 1 … `count`, those that are no key of `here`.
template <typename Keys>
std::vector<std::uint32_t> missing_from(const Keys& here, std::uint32_t count) {
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 1; i <= count; ++i) {
    if (!here.contains(i)) {
      missing.push_back(i);
    }
  }
  return missing;
}

/// "3", "3 and 5", "1, 2, 3, 4, 5, 6, 7, 8 and 90 more"; of at least one.
std::string list_of(const std::vector<std::uint32_t>& numbers);

/// The seed of a shard's own chance; for the only shard there is, `seed` decides alone.
std::uint64_t shard_seed(std::uint64_t seed, Shard shard);

/// Positions of `total` things that are this shard's: every count-th. A shard beyond the last one
/// shares one with an earlier shard, so that none has nothing (but of nothing).
std::vector<std::size_t> share_of(std::size_t total, Shard shard);

/// The runs [from, to) of `total` that this shard draws; the shards' ranges follow each other.
struct RunRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t size() const { return to - from; }
};
RunRange range_of(std::uint64_t total, Shard shard);

} // namespace harness
