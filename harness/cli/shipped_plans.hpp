// The plans that come with harness (`harness explore ls`): where they are and what they are about.
// They are found beside the program, so that an installed tree can be moved:
//
//   PREFIX/bin/harness          PREFIX/share/harness/workloads/NAME/NAME.yaml
//   SOURCE/build/harness/cli/…  SOURCE/workloads/NAME/NAME.yaml
//
// HARNESS_PLANS, a list of directories separated by colons, is searched first.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace harness::cli {

struct ShippedPlan {
  std::string name;
  std::string file;
  std::string description; // one line, from the comment that begins the plan; may be empty
};

/// Sorted by name. Of two plans with one name the directory that is searched first has it.
std::vector<ShippedPlan> shipped_plans();

/// The file of a plan that a user names: `given` itself, unless it is a bare name (no slash, no
/// .yaml) and there is no such file; then the shipped plan of that name. Throws UserError, which
/// lists the names, if there is none.
std::string plan_file_of(const std::string& given);

/// What `harness explore --plan-list` prints: a line for each plan.
std::string plan_list();

} // namespace harness::cli
