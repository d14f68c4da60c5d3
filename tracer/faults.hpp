// Faults of an Input: which call is to fail, come short or come late, and how that is done to a
// stopped tracee.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/input.hpp"
#include "core/model/phase.hpp"
#include "tracer/tracee.hpp"

#include <optional>
#include <span>
#include <vector>

namespace harness::tracer {

/// What to put back when the call returns: the target must not see that we changed it.
struct ToRestore {
  std::uint8_t argument = 0;               // whose register
  std::optional<std::uint64_t> at_address; // else: the eight bytes there
  std::uint64_t value = 0;
};

class FaultPlan {
public:
  /// An error names the fault: an unknown call, error or phase.
  static Result<FaultPlan> make(std::span<const Fault> faults, std::span<const Phase> phases);

  bool empty() const { return faults_.empty(); }
  /// Counts the call; the fault that is due at this one, if any.
  const Fault* at_entry(SyscallId call, PhaseIndex phase);

private:
  struct Planned {
    const Fault* fault = nullptr;
    std::vector<SyscallId> calls;
    std::optional<PhaseIndex> phase;
    std::uint32_t seen = 0;
  };
  std::vector<Planned> faults_;
};

/// Makes the call that `tracee` is about to make fail with `error` without being made.
bool fail_call(const StoppedTracee& tracee, int error);
/// At its return: a filter of the target's answers the number that is left in its own way.
void answer_call(const StoppedTracee& tracee, int error);

/// Limits the bytes that the call may transfer; nothing if it transfers none or fewer anyway.
std::optional<ToRestore> shorten_call(const StoppedTracee& tracee, const SyscallInfo& info,
                                      std::uint64_t max_bytes);

/// Takes CLONE_UNTRACED out of a call of the clone family; nothing if that can't be done.
std::optional<ToRestore> take_out_untraced(const StoppedTracee& tracee, const SyscallInfo& info);

/// At the call's return.
void restore(const StoppedTracee& tracee, const ToRestore& what);

} // namespace harness::tracer
