// SPDX-License-Identifier: Apache-2.0
#include "core/launch/child_setup.hpp"

#include "core/launch/child_setup_isolation.hpp"
#include "core/launch/raw_syscall.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::launch {

namespace {

/// The kernel's own struct sigaction; libc's differs.
struct KernelSigaction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)();
  std::uint64_t mask;
};

constexpr long kernel_sigset_bytes = 8;
/// Nobody waits longer than this for a launcher that died before it seized us.
constexpr long patience_s = 10;

HARNESS_RAW_CODE long ptr(const void* p) {
  return reinterpret_cast<long>(p);
}

HARNESS_RAW_CODE bool place_streams(ChildSetup& plan) {
  int from[3] = {plan.streams[0], plan.streams[1], plan.streams[2]};
  // Lift what lies in the way of another stream, then put each where it belongs.
  for (int i = 0; i < 3; ++i) {
    if (from[i] >= 0 && from[i] < 3 && from[i] != i) {
      const long lifted = raw_syscall(SYS_fcntl, from[i], F_DUPFD_CLOEXEC, 3);
      if (lifted < 0) {
        plan.failed_code = static_cast<int>(-lifted);
        return false;
      }
      from[i] = static_cast<int>(lifted);
    }
  }
  for (int i = 0; i < 3; ++i) {
    long done = 0;
    if (from[i] < 0) {
      raw_syscall(SYS_close, i);
    } else if (from[i] == i) {
      done = raw_syscall(SYS_fcntl, i, F_SETFD, 0);
    } else {
      done = raw_syscall(SYS_dup3, from[i], i, 0);
    }
    if (done < 0) {
      plan.failed_code = static_cast<int>(-done);
      return false;
    }
  }
  if (plan.close_others) {
    raw_syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  }
  return true;
}

HARNESS_RAW_CODE void set_dispositions(const std::uint64_t ignored) {
  for (int signal = 1; signal < 65; ++signal) {
    if (((ignored >> (signal - 1)) & 1) != 0) {
      KernelSigaction action{SIG_IGN, 0, nullptr, 0};
      raw_syscall(SYS_rt_sigaction, signal, ptr(&action), 0, kernel_sigset_bytes);
    } else if (signal == SIGPIPE || signal == SIGCHLD || signal == SIGINT || signal == SIGQUIT ||
               signal == SIGHUP || signal == SIGTERM || signal == SIGUSR1 || signal == SIGUSR2) {
      // CLONE_CLEAR_SIGHAND resets handlers but leaves ignored signals ignored.
      KernelSigaction action{SIG_DFL, 0, nullptr, 0};
      raw_syscall(SYS_rt_sigaction, signal, ptr(&action), 0, kernel_sigset_bytes);
    }
  }
}

HARNESS_RAW_CODE bool wait_for_tracer(ChildSetup& plan) {
  struct {
    long seconds;
    long nanoseconds;
  } patience{patience_s, 0};
  while (__atomic_load_n(&plan.go, __ATOMIC_ACQUIRE) == 0) {
    const long woken = raw_syscall(SYS_futex, ptr(&plan.go), FUTEX_WAIT, 0, ptr(&patience));
    if (woken == -ETIMEDOUT) {
      plan.failed_code = ETIMEDOUT;
      return false;
    }
  }
  return true;
}

HARNESS_RAW_CODE bool keep(ChildSetup& plan, long answer) {
  if (answer < 0) {
    plan.failed_code = static_cast<int>(-answer);
    return false;
  }
  return true;
}

HARNESS_RAW_CODE bool set_limits(ChildSetup& plan) {
  for (unsigned i = 0; i < plan.limit_count; ++i) {
    const ChildSetupLimit& limit = plan.limits[i];
    if (!keep(plan, raw_syscall(SYS_prlimit64, 0, limit.resource, ptr(&limit.value), 0))) {
      return false;
    }
  }
  return true;
}

HARNESS_RAW_CODE bool set_session(ChildSetup& plan) {
  return !plan.new_session || keep(plan, raw_syscall(SYS_setsid));
}

HARNESS_RAW_CODE bool take_terminal(ChildSetup& plan) {
  return !plan.controlling_terminal || keep(plan, raw_syscall(SYS_ioctl, 0, TIOCSCTTY, 0));
}

HARNESS_RAW_CODE bool enter_directory(ChildSetup& plan) {
  if (plan.umask >= 0) {
    raw_syscall(SYS_umask, plan.umask);
  }
  return plan.directory == nullptr || keep(plan, raw_syscall(SYS_chdir, ptr(plan.directory)));
}

HARNESS_RAW_CODE bool install_filter(ChildSetup& plan) {
  return plan.trace_filter == nullptr ||
         keep(plan, raw_syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, ptr(plan.trace_filter)));
}

/// Every step in its order; the first that fails is named.
HARNESS_RAW_CODE ChildSetupStep prepare(ChildSetup& plan) {
  if (!set_session(plan)) {
    return ChildSetupStep::session;
  }
  if (!place_streams(plan)) {
    return ChildSetupStep::streams;
  }
  if (!take_terminal(plan)) {
    return ChildSetupStep::terminal;
  }
  if (plan.isolate) {
    if (const ChildSetupStep failed = enter_isolation(plan); failed != ChildSetupStep::none) {
      return failed;
    }
  }
  if (!set_limits(plan)) {
    return ChildSetupStep::limits;
  }
  // The directory is entered with the target's own rights where it has an identity of its own.
  if (const ChildSetupStep failed = change_identity(plan); failed != ChildSetupStep::none) {
    return failed;
  }
  if (plan.dies_with_parent) { // a change of identity would clear it
    raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  }
  if (!enter_directory(plan)) {
    return ChildSetupStep::directory;
  }
  if (!wait_for_tracer(plan)) {
    return ChildSetupStep::wait;
  }
  if (plan.ignored_signals != nullptr) {
    set_dispositions(*plan.ignored_signals);
  }
  raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, ptr(plan.signal_mask), 0, kernel_sigset_bytes);
  // From the filter on every call is the target's: only the exec may follow.
  if (!install_filter(plan)) {
    return ChildSetupStep::filter;
  }
  return ChildSetupStep::none;
}

} // namespace

HARNESS_RAW_CODE void child_setup_main(void* argument) {
  auto& plan = *static_cast<ChildSetup*>(argument);
  ChildSetupStep failed = prepare(plan);
  if (failed == ChildSetupStep::none) {
    const long code =
        raw_syscall(SYS_execve, ptr(plan.executable), ptr(plan.arguments), ptr(plan.environment));
    plan.failed_code = static_cast<int>(-code);
    failed = ChildSetupStep::exec;
  }
  plan.failed_step = failed;
  raw_syscall(SYS_exit_group, 127);
  __builtin_trap();
}

HARNESS_RAW_CODE void init_main(void* /*unused*/) {
  // Nothing of ours stays open here: a terminal hangs up and a pipe ends when we close our side.
  raw_syscall(SYS_close_range, 0, ~0U, 0);
  raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  // Orphans of the run come to us; ignoring SIGCHLD lets the kernel reap them.
  KernelSigaction ignore{SIG_IGN, 0, nullptr, 0};
  raw_syscall(SYS_rt_sigaction, SIGCHLD, ptr(&ignore), 0, kernel_sigset_bytes);
  for (;;) {
    raw_syscall(SYS_pause);
  }
}

const char* child_setup_step_text(ChildSetupStep step) {
  switch (step) {
  case ChildSetupStep::none:
    return "launch";
  case ChildSetupStep::session:
    return "starting a session";
  case ChildSetupStep::streams:
    return "placing the standard streams";
  case ChildSetupStep::terminal:
    return "taking the terminal";
  case ChildSetupStep::private_mounts:
    return "making mounts private";
  case ChildSetupStep::expose:
    return "opening an exposed path";
  case ChildSetupStep::read_only_root:
    return "making the file system read-only";
  case ChildSetupStep::bind_tmp:
    return "binding the run directory to /tmp";
  case ChildSetupStep::bind_shm:
    return "binding /dev/shm";
  case ChildSetupStep::mount_proc:
    return "mounting /proc";
  case ChildSetupStep::read_only_proc:
    return "protecting /proc";
  case ChildSetupStep::mount_exposed:
    return "showing an exposed path";
  case ChildSetupStep::file_system:
    return "mounting a file system";
  case ChildSetupStep::hide:
    return "hiding the worker's directory";
  case ChildSetupStep::identity:
    return "changing identity";
  case ChildSetupStep::keyring:
    return "joining a session keyring of the run's own";
  case ChildSetupStep::capabilities:
    return "dropping capabilities";
  case ChildSetupStep::no_new_privileges:
    return "setting no_new_privs";
  case ChildSetupStep::limits:
    return "setting resource limits";
  case ChildSetupStep::directory:
    return "entering the working directory";
  case ChildSetupStep::wait:
    return "waiting for the tracer";
  case ChildSetupStep::filter:
    return "installing the trace filter";
  case ChildSetupStep::exec:
    return "exec";
  }
  return "launch";
}

} // namespace harness::launch
