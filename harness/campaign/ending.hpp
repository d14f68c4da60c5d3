// Ending: how a campaign ended. It is stored in the notes of the directory, so that reports can be
// written again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/campaign/baseline.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/campaign_recorder.hpp"

#include <map>
#include <optional>
#include <string>

namespace harness::campaign {

struct Ending {
  std::string stop_reason;   // one sentence
  bool reached_goal = false; // by the plan's own rule
  std::string plan_file;
  plan::PlanPlaces places;
  std::optional<Baseline> baseline;
};

/// Stores `ending` in the notes of the campaign, except for the baseline, which belongs to a job.
void note_ending(store::CampaignRecorder& recorder, const Ending& ending);
Ending ending_of(const std::map<std::string, std::string>& notes);

} // namespace harness::campaign
