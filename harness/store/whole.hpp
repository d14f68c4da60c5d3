// Attempts that validate a merged campaign as a whole, as opposed to the generator of one campaign.
// Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_state.hpp"

#include <vector>

namespace harness::store {

/// In the order in which they were closed.
std::vector<const AttemptRecord*> whole_attempts(const CampaignState& state);

/// True if nothing has been counted since the attempt was closed, so that its bound applies.
bool covers_all(const AttemptRecord& attempt, const CampaignState& state);

} // namespace harness::store
