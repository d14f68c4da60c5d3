// What each of several merged campaigns saw, and which shards are missing, from the merged state
// and the merged notes. Pure. Both are joins, and so is the result.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"
#include "harness/store/campaign_state.hpp"
#include "harness/store/shard_notes.hpp"

#include <string>
#include <vector>

namespace harness::store {

/// Shards in their order, then other campaigns, then the parts of validations; empty if the state
/// are those of one campaign.
std::vector<ShardSummary> shard_shares(const CampaignState& state, const Notes& notes);

/// The shards of this split whose results are missing, as a sentence; "" if there are none.
std::string missing_shards(const Notes& notes);

} // namespace harness::store
