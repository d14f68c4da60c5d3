// PhasePlan: a RunSpec's triggers, sorted by what makes them fire. Immutable during a run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"
#include "core/model/syscall_id.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace harness::tracer {

/// A place in code; `module` is empty for the target's executable.
struct PointRequest {
  PhaseIndex phase = 0;
  std::string module;
  std::variant<SymbolTrigger, OffsetTrigger> where;
};
struct CallRequest {
  PhaseIndex phase = 0;
  std::vector<SyscallId> calls; // the name's number on each architecture
  std::uint32_t nth = 1;
  bool at_exit = false;
};
struct SignalRequestPoint {
  PhaseIndex phase = 0;
  int signal = 0;
};
struct OutputRequest {
  PhaseIndex phase = 0;
  std::string text;
  std::string path; // empty: standard output or error
};
struct TimeRequest {
  PhaseIndex phase = 0;
  Duration after{};
};
struct NamedRequest {
  PhaseIndex phase = 0;
  std::string name;
};
struct SpawnRequest {
  PhaseIndex phase = 0;
  SpawnTrigger::By by = SpawnTrigger::By::fork;
  std::string executable;
};

class PhasePlan {
public:
  /// An error names the phase: an unknown call or signal, a trigger that is still `auto`.
  static Result<PhasePlan> make(std::span<const Phase> phases);

  std::vector<PointRequest> points;
  std::vector<CallRequest> calls;
  std::vector<SignalRequestPoint> signals;
  std::vector<OutputRequest> outputs;
  std::vector<TimeRequest> times;
  std::vector<NamedRequest> markers;
  std::vector<SpawnRequest> spawns;
  PhaseIndex last = 0;

  /// True if some point lies in a named library.
  bool has_modules() const { return has_modules_; }

private:
  bool has_modules_ = false;
};

/// What a process has seen of call and output triggers so far; a forked child goes on from a copy.
struct PhaseProgress {
  std::vector<std::uint32_t> calls; // by index into PhasePlan::calls
  struct Tail {
    int fd = -1;
    std::string text;
  };
  std::vector<Tail> tails; // the last bytes written, for texts that span two calls
};

} // namespace harness::tracer
