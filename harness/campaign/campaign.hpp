// Campaign: an open campaign directory with its frozen plan and its state, new or resumed.
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

/// `plan` with what the command line says instead, and a seed.
CampaignPlan with_options(CampaignPlan plan, const ExploreOptions& options);

/// Where the campaign of `plan` lives.
std::string directory_of(const CampaignPlan& plan, const ExploreOptions& options);

/// Makes the directory. Throws UserError if there is one, std::runtime_error where writing fails.
Campaign create_campaign(const std::string& directory, CampaignPlan frozen,
                         store::Environment environment, const std::vector<plan::Seed>& seeds,
                         Shard shard);

/// Opens the directory for writing and goes on from there. Throws UserError if it is none or is in
/// use.
Campaign resume_campaign(const std::string& directory);

/// What holds on this machine now. `asked` is the plan as the user has it: before calibration and
/// the command line's options.
store::Environment look_around(const CampaignPlan& asked, std::uint64_t seed,
                               const std::string& version);

/// Refuses, with a reason and a remedy, where the campaign's counts are not comparable with what
/// would be counted today.
void check_environment(const Campaign& campaign, const store::Environment& now,
                       const std::string& directory);

/// One search per replicate, with the corpus and the knowledge that the state has.
std::vector<Search> make_searches(const Campaign& campaign, std::uint32_t workers);

} // namespace harness::campaign
