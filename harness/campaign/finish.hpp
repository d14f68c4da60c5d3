// The end of a campaign: its summary, its exit status, its report files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"
#include "harness/campaign/campaign.hpp"
#include "harness/campaign/ending.hpp"

#include <map>
#include <string>

namespace harness::campaign {

/// The content of a campaign directory, which is open for writing or only for reading.
struct Holdings {
  const CampaignPlan& plan;
  const store::Environment& environment;
  const store::WorkDir& directory;
  const store::CampaignState& state;
  const std::map<std::string, std::string>& notes;
};

/// The summary as reports show it, exit status included (the caller handles interrupts).
CampaignSummary summarize_campaign(const Holdings& holdings, const Ending& ending);

/// The sum of the exit bits of all gates that failed.
int gate_bits(const CampaignSummary& summary);

/// Writes every report file into the campaign directory.
Result<> write_reports(const store::WorkDir& directory, const CampaignSummary& summary);

} // namespace harness::campaign
