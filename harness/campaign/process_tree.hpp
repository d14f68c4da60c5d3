// The processes of one run as a tree for reports. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/summary.hpp"

#include <string>
#include <vector>

namespace harness::campaign {

/// The launched process with its descendants. Processes whose parent nobody saw hang below it.
/// `phases` are names by index. Nothing of it depends on the run's process ids.
ProcessNode process_tree(const RunResult& result, const std::vector<std::string>& phases);

} // namespace harness::campaign
