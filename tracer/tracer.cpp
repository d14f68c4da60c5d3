#include "tracer/tracer.hpp"

#include "tracer/session.hpp"

#include <exception>

namespace harness::tracer {

RunResult run(const RunSpec& spec, StopFlag& stop, WaitLog* waits) {
  try {
    return Session(spec, stop, waits).run();
  } catch (const std::exception& failure) {
    RunResult result;
    result.end = TracerFailed{Error{failure.what()}};
    return result;
  }
}

} // namespace harness::tracer
