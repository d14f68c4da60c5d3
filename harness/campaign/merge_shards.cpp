// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/merge_shards.hpp"

#include "core/base/user_error.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace harness::campaign {

namespace {

/// Where a campaign that is a shard was found first.
struct Found {
  Shard shard;
  std::string path;
};

std::map<std::string, Found> find_shards(const std::vector<store::CampaignSnapshot>& campaigns) {
  std::map<std::string, Found> found;
  for (const auto& campaign : campaigns) {
    for (const auto& [id, shard] : store::shards_in(campaign.notes)) {
      found.emplace(id, Found{shard, campaign.directory.path()});
    }
  }
  return found;
}

} // namespace

std::vector<std::string> check_shards(const std::vector<store::CampaignSnapshot>& campaigns,
                                      bool partial) {
  const auto found = find_shards(campaigns);
  if (found.empty()) {
    return {};
  }
  std::vector<std::string> notes;
  const Found& first = found.begin()->second;
  std::map<std::uint32_t, std::string> paths;
  for (const auto& [id, one] : found) {
    if (one.shard.count != first.shard.count) {
      throw UserError({},
                      fmt::format("{} is shard {} and {} is shard {}: shards of different splits",
                                  first.path, shard_text(first.shard), one.path,
                                  shard_text(one.shard)),
                      "merge the shards of each split first, each split into its own directory");
    }
    const auto [place, fresh] = paths.emplace(one.shard.index, one.path);
    if (!fresh) {
      notes.push_back(fmt::format("shard {} was explored more than once: {} and {}",
                                  shard_text(one.shard), place->second, one.path));
    }
  }
  const auto missing = missing_from(paths, first.shard.count);
  if (missing.empty()) {
    return notes;
  }
  const std::string text = fmt::format("{} of {} shards are given; missing: {}", paths.size(),
                                       first.shard.count, list_of(missing));
  if (!partial) {
    throw UserError({}, text,
                    "also name their directories, or write --partial to merge without them");
  }
  notes.push_back(text);
  return notes;
}

} // namespace harness::campaign
