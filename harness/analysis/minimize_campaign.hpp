// minimize_campaign: writes the minimal corpus of a campaign directory, checked by running it, into
// a directory of its own. The campaign itself, with its reproducers, is not changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/analysis/minimize.hpp"

#include <functional>
#include <string>

namespace harness::analysis {

struct MinimizeOptions {
  std::string campaign; // directory
  std::string out;      // new directory of input files, fit for a plan's `seeds`
  bool isolation = true;
};

/// Throws UserError for a directory that is not a campaign or an `out` that already exists,
/// std::runtime_error where workers can't run. Nothing is written after an interrupt: then `inputs`
/// is empty. `progress` is called with the number of inputs run and of all selected inputs.
Minimized minimize_campaign(const MinimizeOptions& options,
                            const std::function<void(std::size_t, std::size_t)>& progress);

} // namespace harness::analysis
