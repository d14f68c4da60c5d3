// Baseline: the calls that a job accepts, from an earlier campaign or a report of one. Calls
// outside the baseline fail the job.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/profile.hpp"
#include "core/model/summary.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace harness::campaign {

struct Baseline {
  std::string from; // as the user wrote it
  std::map<std::string, SyscallSet> phases;
};

/// From a campaign directory, or a report.json. Throws UserError where it is neither.
Baseline load_baseline(const std::string& path);

/// Gained: pairs of `profile` that the baseline lacks; lost: the other way round. Calls seen only
/// under faults are no change. Phases that one side does not have count as empty.
std::vector<BaselineChange> compare(const Baseline& baseline, const Profile& profile);

} // namespace harness::campaign
