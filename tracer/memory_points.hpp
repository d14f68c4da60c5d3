// MemoryPoints: the breakpoints in one address space, one byte each, one shot. Threads share it, a
// forked child has a copy of its own, exec begins with an empty one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"

#include <cstdint>
#include <optional>
#include <sys/types.h>
#include <vector>

namespace harness::tracer {

class MemoryPoints {
public:
  enum class Armed { yes, already, occupied, unreachable };

  /// Puts the breakpoint that begins `phase` at `address` in the memory of process `id`, all of
  /// whose threads are stopped or not yet there. `occupied`: somebody else's breakpoint is there.
  Armed arm(pid_t id, std::uint64_t address, PhaseIndex phase);

  struct Hit {
    PhaseIndex phase = 0;
    bool first = false; // false: another thread was faster; only the step back is due
  };
  /// What a breakpoint trap at `address` means; nothing if it is not ours. Restores the byte.
  std::optional<Hit> hit(pid_t id, std::uint64_t address);

  /// Restores every byte that is still ours.
  void disarm(pid_t id) const;
  bool empty() const { return points_.empty(); }

  /// Which of the plan's points are armed here already, by index.
  std::vector<bool> done;

private:
  struct Point {
    std::uint64_t address = 0;
    std::uint8_t original = 0;
    PhaseIndex phase = 0;
  };
  std::vector<Point> points_;
};

} // namespace harness::tracer
