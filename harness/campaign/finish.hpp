// The end of a campaign: its summary, its exit bits, its report files.
#pragma once

#include "harness/campaign/baseline.hpp"
#include "harness/campaign/campaign.hpp"
#include "harness/campaign/plan.hpp"
#include "harness/model/summary.hpp"

#include <map>
#include <optional>
#include <string>

namespace harness::campaign {

/// What a campaign directory holds, whether it is open for writing or only looked at.
struct Holdings {
  const CampaignPlan& plan;
  const store::Environment& environment;
  const store::WorkDir& directory;
  const store::Books& books;
  const std::map<std::string, std::string>& notes;
};

struct Ending {
  std::string stop_reason;   // one sentence
  bool reached_goal = false; // by the plan's own rule
  std::string plan_file;
  PlanPlaces places;
  std::optional<Baseline> baseline;
};

/// The summary as reports show it, exit status included (interrupts are the caller's business).
CampaignSummary summarise_campaign(const Holdings& holdings, const Ending& ending);

/// The sum of the exit bits of all gates that failed.
int gate_bits(const CampaignSummary& summary);

/// What `ending` says goes to the campaign's notes (not the baseline, which belongs to a job), so
/// that reports can be written again.
void note_ending(store::Ledger& ledger, const Ending& ending);
Ending ending_of(const std::map<std::string, std::string>& notes);

/// Writes every report file into the campaign directory.
Result<> write_reports(const store::WorkDir& directory, const CampaignSummary& summary);

} // namespace harness::campaign
