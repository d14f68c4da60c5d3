// From CampaignState to CampaignSummary: everything in a campaign directory that reports may show.
// Pure, except that the texts of inputs are read from the directory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"
#include "harness/store/campaign_state.hpp"
#include "harness/store/work_dir.hpp"

namespace harness::store {

/// Everything but what only a running campaign knows: `stop_reason`, `baseline`, `changes`,
/// `policy`, `verified`, `exit_status`, `environment`, `plan_file` and the lines in it.
CampaignSummary summarize(CampaignPlan plan, const WorkDir& directory, const CampaignState& state);

/// Estimates of the incidence matrix of one phase, or of all ("").
Estimates estimates_of(const CampaignState& state, const std::string& phase);

/// The discovery curve of one of the campaigns in the state.
std::vector<CurvePoint> curve_of(const CampaignState& state, const std::string& campaign);

/// The last attempt of each replicate passed, and there is only one campaign in the state: promises
/// of several campaigns don't add up.
bool converged(const CampaignState& state);

/// The sentence on residual risk, for the last complete attempt; why there is none otherwise.
std::string risk_statement(const CampaignState& state, double confidence);

} // namespace harness::store
