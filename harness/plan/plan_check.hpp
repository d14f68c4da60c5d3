// Checks a plan against this machine: does the target exist, can it be executed, does it have the
// symbols of the phases, are the seeds present? Changes nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "harness/plan/yaml_tree.hpp"

namespace harness::plan {

/// Checks `plan`, which was read from `tree`, and makes the target's path absolute (PATH is
/// searched for a bare name, below `root` if there is one). Throws UserError with the place.
void check_plan(const YamlTree& tree, CampaignPlan& plan);

/// Throws UserError with `where` if `plan` does not define a sidecar of that name.
void check_sidecar(const CampaignPlan& plan, const std::string& name, const SourceLocation& where);

} // namespace harness::plan
