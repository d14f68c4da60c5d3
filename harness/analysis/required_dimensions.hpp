// needs: which dimensions of an input a call needs. Of each input that once showed the call, one
// dimension after the other is taken away; those without which the call is gone are needed. Pure
// but for the caller's `show`.
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
  bool shown = false;                // by any of the inputs, when they were run again
  std::vector<Dimension> dimensions; // empty: the empty input, a plain run, shows the call
  std::string text;                  // of the input, with nothing but those dimensions
};

/// What each of these inputs calls when it is run again.
using ShowCalls = std::function<std::vector<SyscallSet>(const std::vector<std::string>& texts)>;

/// In the order of `wanted`. Of several inputs the one that needs least counts, the first among
/// equals. Dimensions are taken away from the rarest to the most ordinary: where either of two
/// will do, the ordinary one is what is named.
std::vector<RequiredDimensions> required_dimensions_of(const std::vector<Wanted>& wanted,
                                                       const ShowCalls& show);

} // namespace harness::analysis
