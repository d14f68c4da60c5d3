#include "tracer/tracer.hpp"

#include "tracer/session.hpp"

#include <exception>

namespace harness::tracer {

namespace {

RunResult guarded(const RunSpec& spec, StopFlag& stop, WaitLog* waits, pid_t attach_to) {
  try {
    return Session(spec, stop, waits, attach_to).run();
  } catch (const std::exception& failure) {
    RunResult result;
    result.end = TracerFailed{Error{failure.what()}};
    return result;
  }
}

} // namespace

RunResult run(const RunSpec& spec, StopFlag& stop, WaitLog* waits) {
  return guarded(spec, stop, waits, 0);
}

RunResult attach(pid_t id, const RunSpec& spec, StopFlag& stop) {
  RunSpec own = spec;
  // A process that was there before us is neither limited nor filtered nor disturbed.
  own.isolation.reset();
  own.mode = Mode::count;
  own.faults.clear();
  own.signals.clear();
  own.filters.clear();
  own.detach_after_last_phase = false;
  own.streams = {-1, -1, -1, false};
  own.limits = {.wall = spec.limits.wall,
                .output_bytes = UINT64_MAX,
                .memory_bytes = UINT64_MAX,
                .disk_bytes = UINT64_MAX,
                .processes = UINT32_MAX};
  return guarded(own, stop, nullptr, id);
}

} // namespace harness::tracer
