// SPDX-License-Identifier: Apache-2.0
#include "tracer/interrupt.hpp"

#include "tracer/proc.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <sys/syscall.h>

namespace harness::tracer {

namespace {

constexpr std::uint64_t instruction_bytes_of_call = 2;

} // namespace

bool can_interrupt(const SyscallInfo& info) {
  if (info.call.arch != AuditArch::x86_64) {
    return false;
  }
  switch (info.call.number) {
  // The kernel restarts these, with the time that is left.
  case SYS_accept:
  case SYS_accept4:
  case SYS_clock_nanosleep:
  case SYS_flock:
  case SYS_futex:
  case SYS_msgrcv:
  case SYS_nanosleep:
  case SYS_pause:
  case SYS_poll:
  case SYS_ppoll:
  case SYS_pselect6:
  case SYS_read: // what had been read already would have ended it
  case SYS_readv:
  case SYS_restart_syscall:
  case SYS_rt_sigsuspend:
  case SYS_select:
  case SYS_semop:
  case SYS_wait4:
  case SYS_waitid:
    return true;
  case SYS_recvfrom:
    return (info.args[3] & MSG_WAITALL) == 0;
  case SYS_recvmsg:
    return (info.args[2] & MSG_WAITALL) == 0;
  // These fail with EINTR; without a time-out they can be made again.
  case SYS_epoll_wait:
  case SYS_epoll_pwait:
    return static_cast<int>(info.args[3]) < 0;
  case SYS_epoll_pwait2:
  case SYS_semtimedop:
    return info.args[3] == 0;
  case SYS_rt_sigtimedwait:
    return info.args[2] == 0;
  default:
    return false;
  }
}

bool restart_interrupted(const StoppedTracee& tracee) {
  auto registers = tracee.registers();
  if (!registers || static_cast<std::int64_t>(registers->rax) != -EINTR ||
      static_cast<std::int64_t>(registers->orig_rax) < 0) {
    return true; // the call had ended, or the kernel restarts it, or the thread vanished
  }
  if (handles_pending_signal(tracee.id())) {
    return false;
  }
  registers->rip -= instruction_bytes_of_call;
  registers->rax = registers->orig_rax;
  registers->orig_rax = ~0ULL;
  tracee.set_registers(*registers);
  return true;
}

} // namespace harness::tracer
