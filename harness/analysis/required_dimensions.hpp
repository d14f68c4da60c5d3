// Which dimensions of an input a call requires. From each input that showed the call, the
// dimensions are removed one after another; a dimension is required if the call disappears without
// it. Pure, except for the caller's `show`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/dimension.hpp"
#include "core/model/syscall_id.hpp"

#include <functional>
#include <string>
#include <vector>

namespace harness::analysis {

/// A call, and inputs that showed it.
struct Wanted {
  SyscallId call;
  std::vector<std::string> texts;
};

struct RequiredDimensions {
  bool shown = false;                // whether any of the inputs showed the call when run again
  std::vector<Dimension> dimensions; // empty: the empty input, a plain run, shows the call
  std::string text;                  // the input reduced to these dimensions
};

/// Runs each input again and returns its calls.
using ShowCalls = std::function<std::vector<SyscallSet>(const std::vector<std::string>& texts)>;

/// In the order of `wanted`. Of several inputs, the one that requires the fewest dimensions counts,
/// the first of equals. Dimensions are removed from the rarest to the most common, so that where
/// either of two suffices, the common one is reported.
std::vector<RequiredDimensions> required_dimensions_of(const std::vector<Wanted>& wanted,
                                                       const ShowCalls& show);

} // namespace harness::analysis
