// Attempts that speak of all that was merged, not of one campaign's generator. Pure.
#pragma once

#include "harness/store/campaign_state.hpp"

#include <vector>

namespace harness::store {

/// In the order in which they were closed.
std::vector<const AttemptRecord*> whole_attempts(const CampaignState& state);

/// True if nothing has been counted since the attempt was closed: its bound is that of the state.
bool speaks_of_all(const AttemptRecord& attempt, const CampaignState& state);

} // namespace harness::store
