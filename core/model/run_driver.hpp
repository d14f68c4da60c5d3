// RunDriver: by which a workload talks with a run. Pure interface: the tracer calls a RunDriver
// without knowing workloads, a workload drives a RunControl without knowing the tracer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"

#include <string>
#include <sys/types.h>

namespace harness {

/// What a run driver may ask of the run that it accompanies. Thread-safe; valid from `started`
/// until `stop` returns.
class RunControl {
public:
  virtual ~RunControl() = default;
  /// Begins the phase that waits for the marker `name`, if there is one.
  virtual void marker(const std::string& name) = 0;
  /// Sends `signal` to the main process of the target; an end by it is then no failure.
  virtual void request_signal(int signal) = 0;
  /// An end of the target by `signal`, which the workload is about to cause by other means (^C on
  /// the terminal, a hang-up, a pipe without a reader), is no failure.
  virtual void expect_signal(int /*signal*/) {}
  /// The workload has nothing more to do: the target has `grace` to end by itself, then it is
  /// killed; neither counts as a time-out.
  virtual void finish(Duration grace) = 0;
};

/// All calls come from the tracer's thread and must return at once: the target waits meanwhile.
class RunDriver {
public:
  virtual ~RunDriver() = default;
  /// The target exists, stopped before its first instruction. `pid` is in the tracer's namespace.
  virtual void started(RunControl& /*control*/, pid_t /*pid*/) {}
  /// The main process, or the first of its children to do so, entered `phase`.
  virtual void phase(PhaseIndex /*phase*/) {}
  /// A process of the target has called listen(2) and then reached a wait for work: it can be
  /// talked to without a probing connection. Called once.
  virtual void ready() {}
  /// The run is over, no process is left. Returns when no thread of the run driver uses the
  /// control.
  virtual void stop() {}
};

} // namespace harness
