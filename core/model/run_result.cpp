// SPDX-License-Identifier: Apache-2.0
#include "core/model/run_result.hpp"

#include <csignal>
#include <cstring>
#include <fmt/format.h>

namespace harness {

namespace {

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

std::string_view limit_text(LimitReached::Limit limit) {
  switch (limit) {
  case LimitReached::Limit::wall:
    return "time-out";
  case LimitReached::Limit::output:
    return "wrote more than the output limit";
  case LimitReached::Limit::memory:
    return "used more than the memory limit";
  case LimitReached::Limit::disk:
    return "used more than the disk limit";
  case LimitReached::Limit::processes:
    return "started more than the limit of processes";
  }
  return "limit";
}

struct Describe {
  std::string operator()(const Exited& e) const { return fmt::format("exit status {}", e.status); }
  std::string operator()(const Signaled& s) const {
    return fmt::format("{} by {}{}", s.requested ? "ended" : "killed", signal_text(s.signal),
                       s.core_dumped ? " (core dumped)" : "");
  }
  std::string operator()(const LimitReached& l) const { return std::string(limit_text(l.limit)); }
  std::string operator()(const Stopped&) const { return "stopped after its work"; }
  std::string operator()(const LaunchFailed& f) const {
    return "could not be launched: " + f.error.message;
  }
  std::string operator()(const TracerFailed& f) const {
    return "tracer failed: " + f.error.message;
  }
  std::string operator()(const Interrupted&) const { return "interrupted"; }
  std::string operator()(const Detached&) const { return "detached"; }
};

} // namespace

std::string_view to_string(Incomplete reason) {
  switch (reason) {
  case Incomplete::untraced_clone:
    return "started a process with CLONE_UNTRACED";
  case Incomplete::own_tracer:
    return "traced a process of its own";
  case Incomplete::set_user_id:
    return "executed a set-uid program";
  case Incomplete::killed:
    return "was ended before its time";
  case Incomplete::lost_tracee:
    return "a process vanished without a report";
  case Incomplete::breakpoint_lost:
    return "a phase point could not be watched";
  case Incomplete::observer_missed:
    return "the in-kernel observer may have missed calls";
  }
  return "unknown";
}

bool crashed(const RunResult& result) {
  const auto* signaled = std::get_if<Signaled>(&result.end);
  return signaled != nullptr && !signaled->requested;
}

bool timed_out(const RunResult& result) {
  const auto* reached = std::get_if<LimitReached>(&result.end);
  return reached != nullptr && reached->limit == LimitReached::Limit::wall;
}

std::string describe(const RunEnd& end) {
  return std::visit(Describe{}, end);
}

} // namespace harness
