// PhaseWatch: says when a process enters a phase. Decides only; the session acts on what it says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/phase_plan.hpp"
#include "tracer/tree.hpp"

#include <optional>
#include <string_view>

namespace harness::tracer {

class PhaseWatch {
public:
  explicit PhaseWatch(PhasePlan plan = {}) : plan_(std::move(plan)) {}

  const PhasePlan& plan() const { return plan_; }
  PhaseIndex last() const { return plan_.last; }

  struct AtEntry {
    std::optional<PhaseIndex> now;     // the call belongs to this phase already
    std::optional<PhaseIndex> at_exit; // begins when the call returns
    bool wants_exit = false;           // the exit must be seen: see `maps_code` of at_exit
  };
  AtEntry at_entry(Process& process, const SyscallInfo& info) const;
  /// True if `info` maps code from a file that a point may lie in.
  bool maps_code(const SyscallInfo& info) const;
  /// The text that the call writes, compared with output triggers; the call itself still belongs to
  /// the old phase. `id` is the thread that makes it.
  std::optional<PhaseIndex> at_output(Process& process, pid_t id, const SyscallInfo& info) const;
  std::optional<PhaseIndex> at_signal(int signal) const;
  std::optional<PhaseIndex> at_time(Duration since_launch) const;
  std::optional<PhaseIndex> at_marker(std::string_view name) const;
  std::optional<PhaseIndex> at_spawn(SpawnTrigger::By by, std::string_view executable) const;

private:
  PhasePlan plan_;
};

/// The bytes that an output call passes to descriptor `fd`, at most 64 KiB; empty if it is none.
struct Written {
  int fd = -1;
  std::string bytes;
};
std::optional<Written> written_by(pid_t id, const SyscallInfo& info);

} // namespace harness::tracer
