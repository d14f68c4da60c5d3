// explore: a whole campaign from its plan file to its reports, in stages: calibrate, search, check
// the reproducibility of each pair, write the reports.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"
#include "harness/campaign/options.hpp"
#include "harness/pool/observer.hpp"

#include <optional>

namespace harness::campaign {

struct ExploreResult {
  /// The summary in its reports; nothing if an interrupt came before the directory was created.
  std::optional<CampaignSummary> summary;
  bool interrupted = false;
};

/// Throws UserError for a request that cannot be carried out (before any directory is created), and
/// std::runtime_error for a failure of harness (everything found so far is saved).
ExploreResult explore(const ExploreOptions& options, pool::ProgressObserver& observer);

} // namespace harness::campaign
