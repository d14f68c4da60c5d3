// What a plan says about this machine: does the target exist, can it be run, does it know the
// symbols of the phases, are the seeds there? Looks only.
#pragma once

#include "core/model/plan.hpp"
#include "harness/plan/yaml_tree.hpp"

namespace harness::plan {

/// Checks `plan`, which was read from `tree`, and makes the target's path absolute (PATH is
/// searched for a bare name, below `root` if there is one). Throws UserError with the place.
void check_plan(const YamlTree& tree, CampaignPlan& plan);

/// Throws UserError with `where` if `plan` does not explain a sidecar of that name.
void check_sidecar(const CampaignPlan& plan, const std::string& name, const SourceLocation& where);

} // namespace harness::plan
