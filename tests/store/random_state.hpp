// Random state for property tests: few keys and values, so that two of them overlap and tie often.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.hpp"
#include "harness/store/campaign_state.hpp"

namespace harness::store::test {

CampaignState random_state(Random& random);

} // namespace harness::store::test
