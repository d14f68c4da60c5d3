// HelperProcess: a short command that we start for ourselves, run to its end; what it says on one
// stream is kept. Untraced, with nothing on standard input. Not for targets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace harness::sandbox {

struct HelperEnd {
  bool good = false; // it exited with 0
  std::string said;  // on the stream that was asked for
};

struct HelperOptions {
  int stream = 1;                               // that is kept: 1 or 2
  bool quiet = false;                           // the other one goes nowhere instead of to ours
  std::size_t max_bytes = std::size_t{1} << 30; // of what is kept
};

/// `command[0]` is looked up in PATH. An error if it could not be started.
Result<HelperEnd> run_helper(const std::vector<std::string>& command, const HelperOptions& options);

} // namespace harness::sandbox
