// Interrupting a thread that waits in the kernel so that it can leave the trace, without the
// program noticing: which calls can be interrupted, and how they go on as if nothing had been.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/tracee.hpp"

namespace harness::tracer {

/// True if a thread in this call can be interrupted and make it again with no difference that its
/// program sees. False for calls that would return early, and for those whose time-out would begin
/// anew: these end by themselves.
bool can_interrupt(const SyscallInfo& call);

/// At the stop that follows an interrupt in a call: where the kernel would let the call fail with
/// EINTR, the thread makes it again. (What the kernel restarts by itself it restarts.) False if a
/// signal with a handler is pending: then the program must see its call end.
bool restart_interrupted(const StoppedTracee& tracee);

} // namespace harness::tracer
