// The stub's part of isolation: mounts, identity, capabilities. Raw system calls only; see
// child_setup.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/launch/child_setup.hpp"

namespace harness::launch {

/// Puts the run's own view of the file system in place. The process is in a fresh mount namespace.
/// Returns the step that failed (its errno is in the plan) or `none`.
ChildSetupStep enter_isolation(ChildSetup& plan);

/// Drops identity, capabilities and the way back, as far as the plan says.
ChildSetupStep change_identity(ChildSetup& plan);

} // namespace harness::launch
