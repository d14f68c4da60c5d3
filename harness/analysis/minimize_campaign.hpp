// minimize_campaign: the minimal corpus of a campaign directory, checked by running it, in a
// directory of its own. The campaign itself is not changed: its reproducers stay.
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

/// Throws UserError for a directory that is no campaign or an `out` that is there already,
/// std::runtime_error where workers can't run. Nothing is written after an interrupt: then `inputs`
/// is empty. `progress` hears how many of how many chosen inputs have been run.
Minimized minimize_campaign(const MinimizeOptions& options,
                            const std::function<void(std::size_t, std::size_t)>& progress);

} // namespace harness::analysis
