// Session: what is done at the entry and at the return of a system call.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "core/model/kernel_names.hpp"
#include "tracer/point_finder.hpp"
#include "tracer/watched_call.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/syscall.h>
#include <utility>

namespace harness::tracer {

namespace {

/// A call in which a server waits for work.
bool waits_for_work(const SyscallId& call) {
  if (call.arch != AuditArch::x86_64) {
    return false;
  }
  switch (call.number) {
  case SYS_accept:
  case SYS_accept4:
  case SYS_epoll_wait:
  case SYS_epoll_pwait:
  case SYS_epoll_pwait2:
  case SYS_poll:
  case SYS_ppoll:
  case SYS_select:
  case SYS_pselect6:
  case SYS_io_uring_enter:
    return true;
  default:
    return false;
  }
}

/// Whether this call is the one that an injection put off; a signal's handler may come before it.
bool is_put_off(const Thread& thread, const SyscallInfo& info) {
  return thread.put_off && thread.put_off->call == info.call &&
         thread.put_off->instruction_pointer == info.instruction_pointer &&
         thread.put_off->stack_pointer == info.stack_pointer;
}

} // namespace

void Session::on_call(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info) {
  if (thread.process == nullptr || thread.injection) {
    return;
  }
  if (std::exchange(thread.leaves_kernel, false)) {
    kernel_.leave(thread);
  }
  if (thread.in_kernel) {
    on_structural_call(thread, tracee, info);
    return;
  }
  Process& process = *thread.process;
  move_phase(thread, info);
  watch_readiness(process, info);
  if (!apply_filters(thread, tracee, info)) {
    return;
  }
  if (waits_ != nullptr && process.listens && waits_for_work(info.call)) {
    log_wait(thread, tracee, info);
  }
  observe_and_count(thread, tracee, info);
  thread.creates.reset();
  if (const auto watched = watched_call(info); watched != WatchedCall::none) {
    inspect_syscall(thread, tracee, info, watched);
  }
  apply_faults_and_signals(thread, tracee, info);
  if (phases_.last() != 0) {
    enter(process, phases_.at_output(process, tracee.id(), info));
  }
}

void Session::observe_and_count(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info) {
  if (!observer_.idle()) {
    const auto previous = thread.made_calls ? std::optional(thread.entry.call) : std::nullopt;
    observer_.entry(tracee.id(), thread.process->phase, info, previous);
    thread.in_call = thread.in_call || observer_.wants_exit(info.call);
  }
  count(thread, &tracee, info);
}

void Session::move_phase(Thread& thread, const SyscallInfo& info) {
  thread.in_call = false;
  if (phases_.last() == 0) {
    return;
  }
  if (is_put_off(thread, info)) { // it has been looked at
    thread.put_off.reset();
  } else {
    const auto step = phases_.at_entry(*thread.process, info);
    enter(*thread.process, step.now);
    thread.phase_at_exit = step.at_exit;
  }
  thread.in_call = thread.phase_at_exit.has_value() || phases_.maps_code(info);
}

void Session::count(Thread& thread, const StoppedTracee* tracee, const SyscallInfo& info) {
  Process& process = *thread.process;
  thread.entry = info;
  thread.made_calls = true;
  thread.entry_phase = process.phase;
  process.last_calls[process.calls % process.last_calls.size()] = info.call;
  ++process.calls;
  ++process.calls_in_phase;
  ++process.calls_since_new;
  const auto key = pack({process.phase, static_cast<std::uint16_t>(process.executable), info.call});
  if (thread.calls.add(key) && sighted_.add(key)) {
    process.calls_since_new = 0;
    if (faulted_) {
      only_faulted_.insert(key);
    }
    if (tracee != nullptr && launched_ && options_.observe.sites &&
        !options_.known_sites.contains(info.call)) {
      keep_site(process, *tracee, key);
    }
  }
  if (violations_.active() && launched_) { // the launching execve comes before any filter
    violations_.check(process, info);
  }
}

void Session::watch_readiness(const Process& process, const SyscallInfo& info) {
  if (!ready_ && process.listens && waits_for_work(info.call)) {
    ready_ = true;
    if (spec_.run_driver != nullptr) {
      spec_.run_driver->ready();
    }
  }
}

void Session::keep_site(const Process& process, const StoppedTracee& tracee, std::uint64_t key) {
  auto& site = sites_[key];
  for (Frame& frame : backtrace(process.id, tracee, maps_)) {
    site.push_back(std::move(frame.location));
  }
}

void Session::log_wait(const Thread& thread, const StoppedTracee& tracee, const SyscallInfo& info) {
  const Process& process = *thread.process;
  std::vector<CodeLocation> stack;
  for (Frame& frame : backtrace(process.id, tracee, maps_)) {
    stack.push_back(std::move(frame.location));
  }
  const auto place = std::find_if(waits_->begin(), waits_->end(), [&](const WaitSeen& seen) {
    return seen.process == process.index && seen.call == info.call && seen.stack == stack;
  });
  if (place != waits_->end()) {
    ++place->times;
    return;
  }
  std::uint64_t before = 0;
  tree_.each_thread([&](const Thread& other) {
    if (other.process == thread.process) {
      before += other.calls.times(
          pack({process.phase, static_cast<std::uint16_t>(process.executable), info.call}));
    }
  });
  waits_->push_back({.process = process.index,
                     .by_leader = thread.id == process.id,
                     .call = info.call,
                     .nth = before + 1,
                     .times = 1,
                     .stack = std::move(stack)});
}

/// Signals and faults of the input that are due at this call.
void Session::apply_faults_and_signals(Thread& thread, StoppedTracee& tracee,
                                       const SyscallInfo& info) {
  const Process& process = *thread.process;
  if (!signals_.done() && process.index == 0 && launched_) {
    for (const auto& signal : signals_.due(process.calls, process.phase, process.calls_in_phase)) {
      send(signal);
    }
  }
  const Fault* fault = faults_.empty() ? nullptr : faults_.at_entry(info.call, process.phase);
  if (fault == nullptr) {
    return;
  }
  switch (fault->kind) {
  case Fault::Kind::error:
    thread.fails_with = errno_number(fault->error).value_or(EIO);
    if (!fail_call(tracee, *thread.fails_with)) {
      thread.fails_with.reset();
    }
    thread.in_call = thread.in_call || thread.fails_with.has_value();
    faulted_ = faulted_ || thread.fails_with.has_value();
    break;
  case Fault::Kind::short_count:
    thread.restore = shorten_call(tracee, info, fault->count);
    thread.in_call = thread.in_call || thread.restore.has_value();
    faulted_ = faulted_ || thread.restore.has_value();
    break;
  case Fault::Kind::delay:
    thread.hold_until = SteadyClock().now() + std::chrono::milliseconds(fault->milliseconds);
    faulted_ = true;
    break;
  }
}

void Session::on_return(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info) {
  if (thread.process == nullptr || !thread.in_call) {
    return;
  }
  thread.in_call = false;
  if (thread.restore) {
    restore(tracee, *thread.restore);
    thread.restore.reset();
  }
  SyscallInfo seen = info;
  if (const auto error = std::exchange(thread.fails_with, std::nullopt)) {
    answer_call(tracee, *error);
    seen.value = -*error;
    seen.failed = true;
  }
  on_filter_call(thread, tracee, info);
  if (!observer_.idle() && !thread.in_kernel) {
    observer_.exit(thread.entry_phase, thread.entry.call, seen);
  }
  enter(*thread.process, thread.phase_at_exit);
  thread.phase_at_exit.reset();
  if (phases_.maps_code(thread.entry) &&
      !arm_after_map(phases_.plan(), *thread.process->points, tracee.id())) {
    note(Incomplete::breakpoint_lost);
  }
}

void Session::on_first_exec(Thread& thread) {
  Process& process = *thread.process;
  entries_.push_back({0, process.index, 0, SteadyClock().now() - start_});
  thread.every_syscall = launch_.watch() == Watch::every_syscall;
  if (launch_.watch() == Watch::unknown_calls) {
    process.filters.learned = phases_.last();
    thread.filters.newest = phases_.last(); // it carries the filter since its launch
    freed_ = launch_.free_calls();
  }
  if (thread.calls.size() == 0) { // its exec was not seen at its entry
    SyscallInfo exec;
    exec.call = {AuditArch::x86_64, SYS_execve};
    count(thread, nullptr, exec);
  }
  begin_kernel_run(thread);
  launched_ = true;
  if (spec_.run_driver != nullptr) {
    spec_.run_driver->started(control_, thread.id);
  }
}

} // namespace harness::tracer
