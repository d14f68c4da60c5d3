// CampaignSnapshot: a campaign directory opened for reading, as merge, diff, minimize and status
// do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "harness/store/campaign_state.hpp"
#include "harness/store/environment.hpp"
#include "harness/store/work_dir.hpp"

#include <map>
#include <string>

namespace harness::store {

struct CampaignSnapshot {
  WorkDir directory;
  CampaignPlan plan; // frozen
  Environment environment;
  CampaignState state;
  std::map<std::string, std::string> notes;
};

/// Reads the campaign in `path`, which may be running. Throws UserError if it is none,
/// std::runtime_error if it is damaged or can't be read.
CampaignSnapshot open_campaign(const std::string& path);

} // namespace harness::store
