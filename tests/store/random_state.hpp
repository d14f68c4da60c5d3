// Random state for property tests: few keys and values, so that two of them overlap and tie often.
#pragma once

#include "core/base/random.hpp"
#include "harness/store/campaign_state.hpp"

namespace harness::store::test {

CampaignState random_state(Random& random);

} // namespace harness::store::test
