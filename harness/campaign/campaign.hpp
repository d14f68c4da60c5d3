// Campaign: an open campaign directory with its frozen plan and its state, new or resumed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "harness/campaign/options.hpp"
#include "harness/campaign/search.hpp"
#include "harness/plan/seeds.hpp"
#include "harness/store/campaign_recorder.hpp"
#include "harness/store/environment.hpp"

#include <string>
#include <vector>

namespace harness::campaign {

struct Campaign {
  CampaignPlan plan; // frozen
  Shard shard;       // that it is; its directory remembers
  store::Environment environment;
  store::CampaignRecorder recorder;
};

/// `plan` with the options of the command line applied, and with a seed.
CampaignPlan with_options(CampaignPlan plan, const ExploreOptions& options);

/// The directory of the campaign of `plan`.
std::string directory_of(const CampaignPlan& plan, const ExploreOptions& options);

/// Creates the directory. Throws UserError if it exists, std::runtime_error if writing fails.
Campaign create_campaign(const std::string& directory, CampaignPlan frozen,
                         store::Environment environment, const std::vector<plan::Seed>& seeds,
                         Shard shard);

/// Opens the directory for writing, to continue the campaign. Throws UserError if it is not a
/// campaign directory or is in use.
Campaign resume_campaign(const std::string& directory);

/// The environment on this machine now. `asked` is the plan as the user has it: before calibration
/// and the command line's options.
store::Environment look_around(const CampaignPlan& asked, std::uint64_t seed,
                               const std::string& version);

/// Throws UserError, with a reason and a remedy, if the counts of the campaign cannot be compared
/// with new ones.
void check_environment(const Campaign& campaign, const store::Environment& now,
                       const std::string& directory);

/// One search per replicate, with the corpus and the known pairs of the state.
std::vector<Search> make_searches(const Campaign& campaign, std::uint32_t workers);

} // namespace harness::campaign
