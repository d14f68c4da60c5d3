// Plan files: YAML → CampaignPlan and back. docs/user/plan.md is the reference of all keys. Reads
// the file system but creates nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/user_error.hpp"
#include "core/model/plan.hpp"

#include <map>
#include <string>
#include <string_view>

namespace harness::plan {

/// Locations in a plan file, for messages and reports that refer to it. Line 0 = unknown.
struct PlanPlaces {
  SourceLocation target;
  std::map<std::string, SourceLocation> phases; // by name
};

/// Reads and checks the plan in the file `path`: every key, the target (exists, is executable,
/// knows the phases' symbols), the seeds directory. Paths become absolute. Throws UserError with
/// file:line:column and what to write instead. Creates nothing.
CampaignPlan load_plan(const std::string& path, PlanPlaces* places = nullptr);

/// As load_plan for text that came from `file` (relative paths count from its directory), without a
/// look at target and seeds: for frozen plans of other machines, and tests.
CampaignPlan parse_plan(std::string_view text, const std::string& file);

/// YAML with every key that has a value; parse_plan gives an equal plan if all text is UTF-8.
std::string serialize_plan(const CampaignPlan& plan);

/// The reference of all keys (docs/user/plan.md, the part that comes from the key tables), and the
/// JSON Schema by which editors complete and check plans (docs/plan.schema.json).
std::string plan_reference();
std::string plan_schema();

} // namespace harness::plan
