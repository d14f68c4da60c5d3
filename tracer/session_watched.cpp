// Session: the rare calls of the target that change what can be seen of it: new tasks, filters of
// its own, and questions whose answer would show ours.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "tracer/clone_kind.hpp"
#include "tracer/own_filter.hpp"

#include <sched.h>

namespace harness::tracer {

void Session::inspect_syscall(Thread& thread, const StoppedTracee& tracee, const SyscallInfo& info,
                              WatchedCall call) {
  switch (call) {
  case WatchedCall::none:
    break;
  case WatchedCall::clone:
    thread.creates = clone_flags(thread.id, info);
    if ((thread.creates.value_or(0) & CLONE_UNTRACED) != 0) {
      follow_untraced(thread, tracee, info);
    }
    break;
  case WatchedCall::listen:
    thread.process->listens = true;
    break;
  case WatchedCall::ptrace:
    note(Incomplete::own_tracer);
    break;
  case WatchedCall::set_filter:
  case WatchedCall::set_filter_everywhere:
    thread.in_call = true; // its return tells whether the filter is in
    if (hides_calls(thread.id, info)) {
      trace_all_syscalls(thread, call == WatchedCall::set_filter_everywhere);
    }
    break;
  case WatchedCall::get_seccomp:
    thread.in_call = true;
    break;
  }
}

/// The return of a call that installs or asks for a seccomp filter. A target that has none must not
/// be told of ours: some leave their own filter out then.
void Session::on_filter_call(Thread& thread, const StoppedTracee& tracee, const SyscallInfo& exit) {
  constexpr std::int64_t filter_mode = 2; // SECCOMP_MODE_FILTER
  switch (watched_call(thread.entry)) {
  case WatchedCall::set_filter:
    thread.own_filter = thread.own_filter || filter_installed(thread.entry, exit.value);
    break;
  case WatchedCall::set_filter_everywhere:
    if (filter_installed(thread.entry, exit.value)) {
      tree_.each_thread([&](Thread& other) {
        other.own_filter = other.own_filter || other.process == thread.process;
      });
    }
    break;
  case WatchedCall::get_seccomp:
    if (exit.value == filter_mode && !thread.own_filter && options_.filters.empty()) {
      answer_call(tracee, 0);
    }
    break;
  case WatchedCall::none:
  case WatchedCall::clone:
  case WatchedCall::listen:
  case WatchedCall::ptrace:
    break;
  }
}

/// Takes CLONE_UNTRACED out of the call and puts it back when it returns: a child that we do not
/// trace would run into our filter, and unseen.
void Session::follow_untraced(Thread& thread, const StoppedTracee& tracee,
                              const SyscallInfo& info) {
  thread.restore = take_out_untraced(tracee, info);
  thread.in_call = thread.in_call || thread.restore.has_value();
  if (thread.restore && !thread.restore->at_address) {
    kernel_.hides_untraced(thread);
  }
  if (!thread.restore) {
    note(Incomplete::untraced_clone);
  }
}

/// A filter of the target's own hides calls from ours where it is stricter; the entry stop of
/// PTRACE_SYSCALL comes before any filter. `all_threads`: the filter is for the whole process. The
/// other threads go on that way from their own next stop: an interrupt would end a wait of theirs
/// (epoll_wait does not restart), and make the kernel's restart of a call count twice. Until then
/// a call of theirs goes unseen if the new filter refuses it.
void Session::trace_all_syscalls(Thread& thread, bool all_threads) {
  thread.every_syscall = true;
  kernel_.leave(thread);
  if (!all_threads) {
    return;
  }
  tree_.each_thread([&](Thread& other) {
    if (other.process != thread.process) {
      return;
    }
    other.every_syscall = true;
    if (other.in_kernel) { // which stops at so few calls that it may be long in coming to one
      other.leaves_kernel = true;
      note(Incomplete::observer_missed);
    }
  });
}

} // namespace harness::tracer
