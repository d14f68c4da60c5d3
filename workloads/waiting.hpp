// Waiting: whether a target waits for our next action. Without this test, clients would have to
// wait for a period of silence each time. Reads only /proc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"

#include <optional>
#include <sys/types.h>

namespace harness::workloads {

/// True if each thread of `process` sleeps in a call that only something from outside ends: input,
/// a connection, a signal, another thread. A sleep of a set length, work on a disk and a wait for a
/// child are none of these. False if in doubt: the process is gone, /proc does not show it, or it
/// is a 32-bit program, whose numbers mean other calls. Source: proc(5), /proc/PID/task/TID/stat
/// and syscall.
bool waits_for_others(pid_t process);

/// Looks again and again at processes that may change from look to look. One look is not enough:
/// what we have just written may still be on its way through the kernel.
class WaitingWatch {
public:
  /// Between two looks.
  static constexpr Duration pause = std::chrono::milliseconds(2);

  /// True if `process` waits now and did at the last look too.
  bool look(pid_t process) {
    const bool waits = process > 0 && waits_for_others(process);
    const bool again = waits && process == last_;
    last_ = waits ? process : 0;
    return again;
  }

private:
  pid_t last_ = 0;
};

} // namespace harness::workloads
