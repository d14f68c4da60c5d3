// Turns `auto` phases into concrete triggers: from the executable alone (load, init, main) and from
// calibration runs (serving). Knows no workload: the caller runs the target.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_spec.hpp"
#include "tracer/wait_log.hpp"

#include <functional>
#include <string>
#include <vector>

namespace harness::tracer {

/// Runs the target once as a campaign would, with `phases`, passing `waits` on to tracer::run. The
/// run should make a server serve: connect, send something, stop.
using CalibrationRun = std::function<RunResult(const std::vector<Phase>& phases, WaitLog* waits)>;

/// `phases` with every AutoTrigger resolved into offset or call triggers of `executable`:
/// - `auto` becomes init, main and, if the target turns out to be a server, serving (the phase
/// before
///   it, begun at launch, is the load);
/// - `auto:init`, `auto:main`, `auto:serving` become one phase each, named as the plan names them.
/// Two runs must agree about serving. Errors say what was not found; without `auto` nothing is run.
Result<std::vector<Phase>> find_phases(const std::vector<Phase>& phases,
                                       const std::string& executable, const CalibrationRun& run);

/// The point where a server begins to serve, from one run's log: the call in the executable from
/// which the process comes back to the same wait, or is still in at the end. Pure but for a look at
/// the executable's code. Nothing if no process waits that way.
std::optional<Trigger> serving_point(const WaitLog& waits, const std::string& executable);

} // namespace harness::tracer
