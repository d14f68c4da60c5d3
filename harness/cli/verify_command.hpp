// Runs a command of the user with the target of a policy wrapped: a directory at the front of PATH
// has a program with the name of the target that starts it with `harness enforce`. Independent of
// campaigns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/policy.hpp"

#include <string>
#include <vector>

namespace harness::cli {

struct WrappedOutcome {
  int status = 0;                      // of the command, as a shell says it
  std::size_t starts = 0;              // how often the target was started under the policy
  std::vector<std::string> violations; // lines: phase, call, times, process, name
};

/// Runs `command` by /bin/sh with the policy around every start of its target that goes by PATH or
/// by $HARNESS_TARGET. Throws std::runtime_error where we fail.
WrappedOutcome run_under_policy(const std::string& command, const Policy& policy);

} // namespace harness::cli
