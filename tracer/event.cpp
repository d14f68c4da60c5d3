// SPDX-License-Identifier: Apache-2.0
#include "tracer/event.hpp"

#include <cerrno>
#include <csignal>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace harness::tracer {

namespace {

constexpr int syscall_bit = 0x80; // PTRACE_O_TRACESYSGOOD
constexpr int event_stop = 128;   // PTRACE_EVENT_STOP

StopEvent decode_stop(int status) {
  const int signal = WSTOPSIG(status);
  switch (status >> 16) {
  case 0:
    break;
  case PTRACE_EVENT_FORK:
  case PTRACE_EVENT_VFORK:
  case PTRACE_EVENT_CLONE:
    return CloneEvent{};
  case PTRACE_EVENT_VFORK_DONE:
    return VforkDoneEvent{};
  case PTRACE_EVENT_EXEC:
    return ExecEvent{};
  case PTRACE_EVENT_EXIT:
    return ExitingEvent{};
  case PTRACE_EVENT_SECCOMP:
    return SeccompEvent{};
  case event_stop:
    if (signal == SIGTRAP) {
      return PauseEvent{};
    }
    return GroupStopEvent{signal};
  default:
    return PauseEvent{};
  }
  if (signal == (SIGTRAP | syscall_bit)) {
    return SyscallEvent{};
  }
  return DeliveryEvent{signal};
}

/// One look of wait4 at `id`, or at any tracee or child of this thread (-1).
Report wait_once(pid_t which, int options) {
  int status = 0;
  const pid_t id = ::wait4(which, &status, __WALL | __WNOTHREAD | options, nullptr);
  if (id < 0) {
    if (errno == ECHILD) {
      return NothingLeft{};
    }
    return WaitInterrupted{};
  }
  if (id == 0) {
    return WaitInterrupted{};
  }
  if (WIFEXITED(status)) {
    return Ended{id, ExitEvent{WEXITSTATUS(status)}};
  }
  if (WIFSIGNALED(status)) {
    return Ended{id, DeathEvent{WTERMSIG(status), WCOREDUMP(status) != 0}};
  }
  return StopReport{StoppedTracee(id), decode_stop(status)};
}

} // namespace

Report wait_for_report(bool block) {
  return wait_once(-1, block ? 0 : WNOHANG);
}

Report wait_for_report_of(pid_t id) {
  return wait_once(id, WNOHANG);
}

} // namespace harness::tracer
