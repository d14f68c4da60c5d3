// Whether the shards that are to be merged are shards of one exploration, and all of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_snapshot.hpp"
#include "harness/store/shard_notes.hpp"

#include <string>
#include <vector>

namespace harness::campaign {

/// Throws UserError where shards of different splits meet, or, unless `partial`, where some are
/// missing. Gives what a person should know of what was let through, a line each.
std::vector<std::string> check_shards(const std::vector<store::CampaignSnapshot>& campaigns,
                                      bool partial);

} // namespace harness::campaign
