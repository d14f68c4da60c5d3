// Closes a validation attempt whose fresh runs were made in several places: from the parts to what
// they prove about the campaign that they validate. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace harness::campaign {

struct ClosedAttempt {
  store::AttemptRecord record;    // but for `began_at_run`
  std::vector<std::string> notes; // one line each, for the user
};

/// The attempt that the parts among `sources` close; nothing if `out` already has all of them.
/// Throws UserError for parts of another generator than that of `out` (null: `out` does not exist
/// yet), for parts together with other campaigns and, unless `partial`, for missing parts.
std::optional<ClosedAttempt> close_attempt(const store::CampaignSnapshot* out,
                                           const std::vector<store::CampaignSnapshot>& sources,
                                           bool partial);

} // namespace harness::campaign
