// SPDX-License-Identifier: Apache-2.0
#include "reports/shards.hpp"

#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace harness::reports {

std::string shard_title(const ShardSummary& shard) {
  switch (shard.kind) {
  case ShardSummary::Kind::shard:
    return "shard " + shard.name;
  case ShardSummary::Kind::fresh:
    return "fresh runs " + shard.name;
  case ShardSummary::Kind::other:
    break;
  }
  return "campaign " + shard.campaign;
}

std::vector<std::string> only_here_names(const CampaignSummary& summary,
                                         const ShardSummary& shard) {
  const std::set<PairKey> own(shard.only_here.begin(), shard.only_here.end());
  const auto& pairs = summary.profile.pairs;
  std::vector<std::string> names;
  for (const auto& key : own) {
    const auto same_call = [&](const auto& item) {
      return item.first.phase == key.phase && item.first.call == key.call;
    };
    bool elsewhere = false; // by another executable
    for (auto pair = pairs.lower_bound({key.phase, key.call, ""});
         pair != pairs.end() && same_call(*pair); ++pair) {
      elsewhere = elsewhere || !own.contains(pair->first);
    }
    std::string name = fmt::format("{}:{}", key.phase, qualified_name(key.call));
    name += elsewhere ? fmt::format(" ({})", key.executable) : "";
    if (names.empty() || names.back() != name) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

} // namespace harness::reports
