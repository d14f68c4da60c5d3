// The tracer: one RunSpec (what to launch) and TraceOptions (how to watch it) in, one RunResult
// out. The public header of the module; depends on no workload and no engine.
// docs/design/tracing.md says what is guaranteed, what is not visible and what it costs.
//
//   tracer::StopFlag stop;
//   const RunResult result = tracer::run(spec, {.phases = plan.phases}, stop);
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/run_spec.hpp"
#include "core/model/trace_options.hpp"
#include "tracer/kernel_memory.hpp"
#include "tracer/stop_flag.hpp"
#include "tracer/wait_log.hpp"

namespace harness::tracer {

/// Launches what `spec` says under ptrace and follows every process and thread of it to its end, to
/// a limit, or to `stop`. Returns with no process of the run left behind (but where the options say
/// `detach_after_last_phase`). Never throws; a failure of ours is RunEnd's TracerFailed.
///
/// Runs in the calling thread, which must have no children of its own that it waits for itself.
/// Several threads may run at the same time, each with its own flag. Signals SIGRTMIN+5 and,
/// between clone and exec only, all others are the tracer's.
///
/// `waits`, if given, is filled with where the target waits for work (dear; for calibration runs).
///
/// `kernel`, if given, counts the calls without stopping the target wherever the run allows it
/// (kernel_run.hpp); the result says if it did. One run at a time may use it.
RunResult run(const RunSpec& spec, const TraceOptions& options, StopFlag& stop,
              WaitLog* waits = nullptr, KernelMemory* kernel = nullptr);

/// Follows the running process `id` with all its threads, and what they start from now on, until it
/// ends, or until `stop` or the end of `wall` lets it go (RunEnd Detached). Of the options count
/// `phases` (those begun by calls, signals, output, time or spawn) and `observe`.
/// Nothing stays behind in the process: no filter, no breakpoint; if we die it lives on. A wait
/// that it is in when we come or go may end with EINTR. LaunchFailed if it can't be attached to.
RunResult attach(pid_t id, Duration wall, const TraceOptions& options, StopFlag& stop);

} // namespace harness::tracer
