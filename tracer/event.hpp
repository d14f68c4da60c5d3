// Event: what wait4 said about one tracee, decoded once. Nobody else looks at a wait status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/tracee.hpp"

#include <optional>
#include <sys/types.h>
#include <variant>

namespace harness::tracer {

/// The thread is gone; for a process's last thread this is the end of the process.
struct ExitEvent {
  int status = 0;
};
struct DeathEvent {
  int signal = 0;
  bool core_dumped = false;
};
/// A system call entered or left, under PTRACE_SYSCALL; syscall_info says which.
struct SyscallEvent {};
/// A system call entered, seen by the trace filter.
struct SeccompEvent {};
/// A new process or thread; its id is the stop's message.
struct CloneEvent {};
/// vfork's child is done with its parent's memory.
struct VforkDoneEvent {};
/// execve succeeded; the stop's message is the thread's former id.
struct ExecEvent {};
/// About to die; still readable.
struct ExitingEvent {};
/// Stopped by a job-control signal, until SIGCONT.
struct GroupStopEvent {
  int signal = 0;
};
/// A new tracee's first stop, or the answer to an interrupt.
struct PauseEvent {};
/// `signal` is about to be delivered.
struct DeliveryEvent {
  int signal = 0;
};

struct Ended {
  pid_t id = 0;
  std::variant<ExitEvent, DeathEvent> how;
};

using StopEvent = std::variant<SyscallEvent, SeccompEvent, CloneEvent, VforkDoneEvent, ExecEvent,
                               ExitingEvent, GroupStopEvent, PauseEvent, DeliveryEvent>;

struct StopReport {
  StoppedTracee tracee;
  StopEvent why;
};

/// A signal (a tick, a wake-up) came instead of a report.
struct WaitInterrupted {};
/// No child and no tracee is left.
struct NothingLeft {};

using Report = std::variant<StopReport, Ended, WaitInterrupted, NothingLeft>;

/// Waits for the next report of any tracee or child of this thread. These two are the only waits
/// that see tracees; a session takes its reports from a ReportQueue. Blocks, unless `block` is
/// false: then WaitInterrupted means nothing to report.
Report wait_for_report(bool block = true);
/// The report of thread `id`, without blocking.
Report wait_for_report_of(pid_t id);

} // namespace harness::tracer
