// SPDX-License-Identifier: Apache-2.0
#include "tracer/tracer.hpp"

#include "tracer/session.hpp"

#include <exception>

namespace harness::tracer {

namespace {

RunResult guarded(const RunSpec& spec, const TraceOptions& options, StopFlag& stop,
                  const Session::Extras& extras) {
  try {
    return Session(spec, options, stop, extras).run();
  } catch (const std::exception& failure) {
    RunResult result;
    result.end = TracerFailed{Error{failure.what()}};
    return result;
  }
}

} // namespace

RunResult run(const RunSpec& spec, const TraceOptions& options, StopFlag& stop, WaitLog* waits,
              KernelMemory* kernel) {
  return guarded(spec, options, stop, {.waits = waits, .kernel = kernel});
}

RunResult attach(pid_t id, Duration wall, const TraceOptions& options, StopFlag& stop) {
  // A process that was there before us is neither limited nor filtered nor disturbed.
  RunSpec spec;
  spec.limits = {.wall = wall,
                 .output_bytes = UINT64_MAX,
                 .memory_bytes = UINT64_MAX,
                 .disk_bytes = UINT64_MAX,
                 .processes = UINT32_MAX};
  TraceOptions own = options;
  own.mode = Mode::count;
  own.filters.clear();
  own.detach_after_last_phase = false;
  return guarded(spec, own, stop, {.attach_to = id});
}

} // namespace harness::tracer
