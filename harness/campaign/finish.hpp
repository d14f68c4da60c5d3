// The end of a campaign: its summary, its exit bits, its report files.
#pragma once

#include "harness/campaign/baseline.hpp"
#include "harness/campaign/campaign.hpp"
#include "harness/campaign/plan.hpp"
#include "harness/model/summary.hpp"

#include <optional>
#include <string>

namespace harness::campaign {

struct Ending {
  std::string stop_reason;   // one sentence
  bool reached_goal = false; // by the plan's own rule
  std::string plan_file;
  PlanPlaces places;
  std::optional<Baseline> baseline;
};

/// The summary as reports show it, exit status included (interrupts are the caller's business).
CampaignSummary summarise_campaign(const Campaign& campaign, const Ending& ending);

/// The sum of the exit bits of all gates that failed.
int gate_bits(const CampaignSummary& summary);

/// Writes every report file into the campaign directory.
Result<> write_reports(const store::WorkDir& directory, const CampaignSummary& summary);

} // namespace harness::campaign
