// Seeds: the inputs that a campaign starts from, read from the plan's directory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"

#include <string>
#include <vector>

namespace harness::plan {

struct Seed {
  std::string file; // "" = the empty input, where the plan has no seeds
  std::string text; // in its canonical form
};

/// All files of the directory by name, except hidden ones; one empty input if the plan names no
/// directory. Throws UserError with file and line for a file that is not an input, and for a
/// directory without inputs.
std::vector<Seed> read_seeds(const CampaignPlan& plan);

} // namespace harness::plan
