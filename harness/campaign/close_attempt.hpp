// Closes an attempt whose fresh runs were drawn in several places: from the parts to what they
// prove of the campaign they were drawn from. Pure.
#pragma once

#include "harness/store/campaign_snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace harness::campaign {

struct ClosedAttempt {
  store::AttemptRecord record;    // but for `began_at_run`
  std::vector<std::string> notes; // what a person should know, a line each
};

/// The attempt that the parts among `sources` close; nothing if there is none that `out` does not
/// have already. Throws UserError for parts of another generator than `out`'s (null: there is no
/// such campaign yet), for parts beside other campaigns and, unless `partial`, for missing ones.
std::optional<ClosedAttempt> close_attempt(const store::CampaignSnapshot* out,
                                           const std::vector<store::CampaignSnapshot>& sources,
                                           bool partial);

} // namespace harness::campaign
