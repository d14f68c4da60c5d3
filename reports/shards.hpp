// How reports for people name shards and the pairs that only one shard saw. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"

#include <string>
#include <vector>

namespace harness::reports {

/// "shard 2/4", "fresh runs 1/3" (a part of a validation), "campaign 9f31…".
std::string shard_title(const ShardSummary& shard);

/// "serving:poll" of each pair that this one alone saw, without duplicates; with the executable
/// where others saw another one make that call.
std::vector<std::string> only_here_names(const CampaignSummary& summary, const ShardSummary& shard);

} // namespace harness::reports
