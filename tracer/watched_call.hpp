// WatchedCall: the rare calls that change what the tracer can see, in each form in which the kernel
// takes them: native, x32, and i386 with its socketcall. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/tracee.hpp"

namespace harness::tracer {

enum class WatchedCall {
  none,
  clone,                 // creates a task
  listen,                // a socket waits for clients from now on
  ptrace,                // the target traces itself
  set_filter,            // a seccomp filter for the calling thread
  set_filter_everywhere, // the same for all threads of the process (TSYNC)
  get_seccomp,           // prctl(PR_GET_SECCOMP)
};

WatchedCall watched_call(const SyscallInfo& entry);

/// The call's number without the mark of x32.
std::int32_t number_without_x32(const SyscallId& call);

} // namespace harness::tracer
