// Whether this machine runs i386 system calls made by `int 0x80`. Some hypervisors end such a
// program with SIGSEGV although the kernel is configured for it, so that only trying tells.
#pragma once

namespace harness {

/// Tries one in a child process; the answer is kept. False where no child can be made.
bool runs_interrupt_0x80();

} // namespace harness
