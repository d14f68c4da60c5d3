// SPDX-License-Identifier: Apache-2.0
#include "core/model/shard.hpp"

#include "core/base/random.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace harness {

std::string shard_text(Shard shard) {
  return fmt::format("{}/{}", shard.index, shard.count);
}

std::optional<Shard> parse_shard(std::string_view text) {
  const auto parts = split(text, '/');
  const auto index = parse_integer(parts.front());
  const auto count = parts.size() == 2 ? parse_integer(parts.back()) : std::nullopt;
  if (!index || !count || *index < 1 || *count < *index || *count > max_shards) {
    return std::nullopt;
  }
  return Shard{static_cast<std::uint32_t>(*index), static_cast<std::uint32_t>(*count)};
}

std::uint64_t shard_seed(std::uint64_t seed, Shard shard) {
  Random own = Random(seed).derive(shard.index);
  return shard.count == 1 ? own.next() : own.derive(shard.count).next();
}

std::vector<std::size_t> share_of(std::size_t total, Shard shard) {
  std::vector<std::size_t> own;
  for (std::size_t i = shard.index - 1; i < total; i += shard.count) {
    own.push_back(i);
  }
  if (own.empty() && total > 0) {
    own.push_back((shard.index - 1) % total);
  }
  return own;
}

RunRange range_of(std::uint64_t total, Shard shard) {
  // A part differs from another by one run at most; no product that could overflow.
  const std::uint64_t part = total / shard.count;
  const std::uint64_t longer = total % shard.count; // the first ones have one more
  const std::uint64_t before = shard.index - 1;
  const std::uint64_t from = before * part + std::min(before, longer);
  return {from, from + part + (before < longer ? 1 : 0)};
}

std::string list_of(const std::vector<std::uint32_t>& numbers) {
  constexpr std::size_t most = 8;
  if (numbers.size() > most) {
    return fmt::format("{} and {} more", fmt::join(numbers.begin(), numbers.begin() + most, ", "),
                       numbers.size() - most);
  }
  if (numbers.size() == 1) {
    return fmt::format("{}", numbers.front());
  }
  return fmt::format("{} and {}", fmt::join(numbers.begin(), numbers.end() - 1, ", "),
                     numbers.back());
}

} // namespace harness
