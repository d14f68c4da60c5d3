// Writes the reports of a campaign directory again and prints a summary.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"

#include <string>

namespace harness::cli {

/// As the directory's reports say, compared with `baseline` unless it is "".
CampaignSummary summary_again(const std::string& directory, const std::string& baseline);

/// Writes them, and gives the exit status of their gates.
int report_again(const std::string& directory, const std::string& baseline);

} // namespace harness::cli
