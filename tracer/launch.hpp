// Launch: brings a target to its exec, seized and, where wanted, isolated. The way into the run is
// launch::ChildPlan, as for everything else that a run starts; this adds the tracer's part.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_spec.hpp"
#include "core/model/trace_options.hpp"

#include <memory>
#include <sys/types.h>

namespace harness::tracer {

/// How calls come to our notice.
enum class Watch {
  filter,        // a filter of ours traces each: one stop a call
  unknown_calls, // the same, but known ones run free (discover)
  structure,     // a filter traces the few calls that we must act at; the kernel counts
  every_syscall, // PTRACE_SYSCALL: two stops a call, seen before any filter, nothing left in place
};

class Launch {
public:
  Launch(const RunSpec& spec, const TraceOptions& options);
  /// Calls are counted in the kernel, if the target may have this filter (Watch::structure).
  void count_in_kernel(FilterProgram structure);
  ~Launch();
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  /// Creates the process and seizes it. An error names the step and leaves nothing behind but what
  /// the caller must still wait for (`id`, `init`, where they are not 0).
  Result<> start();
  /// Lets the stub go on to its exec.
  void release();

  /// Kills pid 1 of the run's PID namespace, and with it whatever is left there. While it dies, the
  /// mount namespace is taken apart, for which the kernel waits for an RCU grace period.
  void end_namespaces();

  pid_t id() const;
  /// Pid 1 of the run's own PID namespace; 0 without isolation.
  pid_t init() const;
  Watch watch() const;
  /// Watch::unknown_calls: what runs without a stop.
  const SyscallSet& free_calls() const;
  /// Why the stub exited before its exec.
  Error failure() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

/// PTRACE_SEIZE options of every launched tracee.
int launch_options();

} // namespace harness::tracer
