// SPDX-License-Identifier: Apache-2.0
#include "harness/store/shard_shares.hpp"

#include "harness/store/shares.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace harness::store {

namespace {

/// A campaign with what orders it among others.
struct Placed {
  ShardSummary summary;
  std::string generator; // of a part
  Shard shard;
};

auto order(const Placed& one) {
  static constexpr int of_kind[] = {0, 2, 1}; // shard, fresh, other
  return std::tie(of_kind[static_cast<int>(one.summary.kind)], one.generator, one.shard,
                  one.summary.campaign);
}

} // namespace

std::vector<ShardSummary> shard_shares(const CampaignState& state, const Notes& notes) {
  const auto shards = shards_in(notes);
  const auto parts = parts_in(notes);
  std::map<WriterId, std::string> campaigns;
  for (const auto& [writer, origin] : state.writers) {
    campaigns[writer] = origin.campaign;
  }
  auto shares = shares_of(state, campaigns, std::string());
  // One that has counted nothing yet was merged all the same.
  for (const auto& [campaign, shard] : shards) {
    shares.try_emplace(campaign);
  }
  for (const auto& [campaign, part] : parts) {
    shares.try_emplace(campaign);
  }
  if (shares.size() < 2) {
    return {};
  }
  std::vector<Placed> placed;
  for (auto& [campaign, share] : shares) {
    Placed one{.summary = {.campaign = campaign,
                           .runs = share.runs,
                           .pairs = share.pairs,
                           .calls = share.calls.size(),
                           .only_here = std::move(share.only_here)}};
    if (const auto part = parts.find(campaign); part != parts.end()) {
      one.summary.kind = ShardSummary::Kind::fresh;
      one.generator = part->second.frozen;
      one.shard = part->second.shard;
      one.summary.name = shard_text(one.shard);
    } else if (const auto shard = shards.find(campaign); shard != shards.end()) {
      one.summary.kind = ShardSummary::Kind::shard;
      one.shard = shard->second;
      one.summary.name = shard_text(one.shard);
    }
    placed.push_back(std::move(one));
  }
  std::sort(placed.begin(), placed.end(),
            [](const auto& a, const auto& b) { return order(a) < order(b); });
  std::vector<ShardSummary> list;
  for (auto& one : placed) {
    list.push_back(std::move(one.summary));
  }
  return list;
}

std::string missing_shards(const Notes& notes) {
  const auto shards = shards_in(notes);
  if (shards.empty()) {
    return "";
  }
  const std::uint32_t count = shards.begin()->second.count;
  std::set<std::uint32_t> here;
  for (const auto& [campaign, shard] : shards) {
    here.insert(shard.index);
  }
  const auto missing = missing_from(here, count);
  if (missing.empty()) {
    return "";
  }
  return fmt::format("The results of shard{} {} of {} are missing.", missing.size() == 1 ? "" : "s",
                     list_of(missing), count);
}

} // namespace harness::store
