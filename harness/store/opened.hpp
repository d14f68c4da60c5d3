// OpenedCampaign: a campaign directory that is looked at, not changed: what merge, diff, minimize
// and status begin with.
#pragma once

#include "core/model/plan.hpp"
#include "harness/store/books.hpp"
#include "harness/store/environment.hpp"
#include "harness/store/work_dir.hpp"

#include <map>
#include <string>

namespace harness::store {

struct OpenedCampaign {
  WorkDir directory;
  CampaignPlan plan; // frozen
  Environment environment;
  Books books;
  std::map<std::string, std::string> notes;
};

/// Reads the campaign in `path`, which may be running. Throws UserError if it is none,
/// std::runtime_error if it is damaged or can't be read.
OpenedCampaign open_campaign(const std::string& path);

} // namespace harness::store
