// SPDX-License-Identifier: Apache-2.0
#include "harness/store/campaign_snapshot.hpp"

#include "core/base/user_error.hpp"
#include "core/base/value_or_throw.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/campaign_recorder.hpp"

namespace harness::store {

CampaignSnapshot open_campaign(const std::string& path) {
  auto directory = WorkDir::open(path);
  if (!directory) {
    throw UserError({}, directory.error().message, "name a directory that harness explore created");
  }
  CampaignPlan plan =
      plan::parse_plan(value_or_throw(read_file(directory->plan())), directory->plan());
  auto environment =
      value_or_throw(parse_environment(value_or_throw(read_file(directory->environment()))));
  CampaignState state = value_or_throw(CampaignRecorder::read(*directory));
  auto notes = value_or_throw(CampaignRecorder::read_notes(*directory));
  return {std::move(*directory), std::move(plan), std::move(environment), std::move(state),
          std::move(notes)};
}

} // namespace harness::store
