// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/outcome.hpp"

#include "core/model/digest.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fmt/format.h>

namespace harness::engine {

namespace {

/// The last few different calls: loops of any length end up in one bucket.
std::string trail(const RunResult& result) {
  constexpr std::size_t most = 4;
  std::string text;
  std::size_t taken = 0;
  const SyscallId* previous = nullptr;
  for (auto call = result.last_calls.rbegin(); call != result.last_calls.rend() && taken < most;
       ++call) {
    if (previous == nullptr || *previous != *call) {
      text += qualified_name(*call) + '\n';
      ++taken;
    }
    previous = &*call;
  }
  return sha256_hex(text).substr(0, 8);
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal-{}", signal);
}

} // namespace

Ending ending_of(const RunResult& result) {
  if (crashed(result)) {
    return Ending::crashed;
  }
  if (timed_out(result)) {
    return Ending::timed_out;
  }
  if (std::holds_alternative<LimitReached>(result.end)) {
    return Ending::limit;
  }
  if (std::holds_alternative<LaunchFailed>(result.end)) {
    return Ending::launch_failed;
  }
  if (std::holds_alternative<TracerFailed>(result.end)) {
    return Ending::tracer_failed;
  }
  return std::holds_alternative<Interrupted>(result.end) ? Ending::interrupted : Ending::ended;
}

std::string bucket_of(const RunResult& result) {
  switch (ending_of(result)) {
  case Ending::crashed:
    return fmt::format("crash-{}-{}", signal_name(std::get<Signaled>(result.end).signal),
                       trail(result));
  case Ending::timed_out:
    return "time-out-" + trail(result);
  case Ending::limit:
    return "limit-" + trail(result);
  case Ending::launch_failed:
    return "launch-" + sha256_hex(std::get<LaunchFailed>(result.end).error.message).substr(0, 8);
  case Ending::tracer_failed:
    return "tracer-" + sha256_hex(std::get<TracerFailed>(result.end).error.message).substr(0, 8);
  case Ending::ended:
  case Ending::interrupted:
    break;
  }
  return "";
}

std::vector<PhaseIndex> reached_phases(const RunResult& result) {
  std::vector<PhaseIndex> phases;
  for (const auto& entry : result.entries) {
    phases.push_back(entry.phase);
  }
  for (const auto& sighting : result.sightings) {
    phases.push_back(sighting.phase);
  }
  std::sort(phases.begin(), phases.end());
  phases.erase(std::unique(phases.begin(), phases.end()), phases.end());
  return phases;
}

} // namespace harness::engine
