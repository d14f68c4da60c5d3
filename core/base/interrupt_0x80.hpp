// Whether this machine runs i386 system calls made with `int 0x80`. On some hypervisors such a
// program ends with SIGSEGV although the kernel is configured for these calls, so it has to be
// tried.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace harness {

/// Tries one in a child process; the answer is kept. False where no child can be made.
bool runs_interrupt_0x80();

} // namespace harness
