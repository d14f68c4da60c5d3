// The stub's part of isolation: mounts, identity, capabilities. Raw system calls only; see
// stub.hpp.
#pragma once

#include "tracer/stub.hpp"

namespace harness::tracer {

/// Puts the run's own view of the file system in place. The process is in a fresh mount namespace.
/// Returns the step that failed (its errno is in the plan) or `none`.
StubStep enter_isolation(StubPlan& plan);

/// Drops identity, capabilities and the way back, as far as the plan says.
StubStep change_identity(StubPlan& plan);

} // namespace harness::tracer
