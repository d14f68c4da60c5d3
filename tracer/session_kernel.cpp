// Session: runs whose calls are counted in the kernel. The target stops at few calls, none of which
// is counted here but those that the kernel does not show; processes, phases and ends are followed
// as ever.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "tracer/kernel_filter.hpp"

#include <algorithm>

namespace harness::tracer {

/// Before the launch: what the target stops at.
void Session::prepare_kernel_run() {
  if (kernel_.active()) {
    launch_.count_in_kernel(structure_filter(phases_.plan(), spec_.run_driver != nullptr));
  }
}

/// At the first exec: whether it came about.
void Session::begin_kernel_run(Thread& thread) {
  if (!kernel_.active()) {
    return;
  }
  if (launch_.watch() != Watch::structure) {
    kernel_.give_up(); // the target can't have our filter: its calls stop as without the kernel
    return;
  }
  kernel_.adopt(thread);
}

void Session::on_structural_call(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info) {
  Process& process = *thread.process;
  move_phase(thread, info); // the kernel counts the call after this stop: in the new phase
  watch_readiness(process, info);
  thread.creates.reset();
  if (const auto watched = watched_call(info); watched != WatchedCall::none) {
    inspect_syscall(thread, tracee, info, watched);
  }
  if (spec_.run_driver != nullptr) {
    watch_for_readiness(thread);
  }
  if (!thread.in_kernel) {
    observe_and_count(thread, tracee, info); // it has installed a filter of its own
    return;
  }
  if (by_vsyscall(info.instruction_pointer)) {
    count(thread, nullptr, info);
  }
  thread.entry = info;
  if (phases_.last() != 0) {
    // The call that writes the text still belongs to the old phase.
    if (const auto phase = phases_.at_output(process, tracee.id(), info)) {
      thread.phase_at_exit = std::max(thread.phase_at_exit.value_or(0), *phase);
      thread.in_call = true;
    }
  }
}

/// A process that listens stops at every call until it waits for work: a filter that traced the
/// waits would stop a server at each request from then on.
void Session::watch_for_readiness(Thread& thread) {
  const bool watched = thread.process->listens && !ready_;
  if (watched || ready_) {
    tree_.each_thread([&](Thread& other) {
      if (other.in_kernel && (ready_ || other.process == thread.process)) {
        other.every_syscall = watched;
      }
    });
  }
}

/// Before the tree gives its report.
void Session::end_kernel_run() {
  kernel_.ended_all(tree_);
  if (kernel_.lost()) {
    note(Incomplete::observer_missed);
  }
  observer_.add(kernel_.totals());
}

} // namespace harness::tracer
