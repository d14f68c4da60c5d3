// Finds references in a seed that its plan does not define: a phase, a sidecar, a configuration
// file. Such a seed would have no effect. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"
#include "core/model/plan.hpp"

#include <string>
#include <string_view>

namespace harness::plan {

/// `input` was read from `text`, the content of `file`. Throws UserError with the line.
void check_seed(const CampaignPlan& plan, const Input& input, std::string_view text,
                const std::string& file);

} // namespace harness::plan
