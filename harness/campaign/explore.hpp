// Explore: a campaign from its plan file to its reports: rehearse, search, label, report. Each
// stage is a room of its own.
#pragma once

#include "core/model/summary.hpp"
#include "harness/campaign/options.hpp"
#include "harness/pool/observer.hpp"

#include <optional>

namespace harness::campaign {

struct ExploreResult {
  /// As its reports say; nothing if an interrupt came before there was a directory.
  std::optional<CampaignSummary> summary;
  bool interrupted = false;
};

/// Throws UserError for what the user asked in vain (before any directory is created), and
/// std::runtime_error where we fail (what was found is saved).
ExploreResult explore(const ExploreOptions& options, pool::ProgressObserver& observer);

} // namespace harness::campaign
