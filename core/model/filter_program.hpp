// FilterProgram: a compiled classic-BPF seccomp filter, as core/bpf builds it, policies prove it
// and the tracer installs it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/filter.h>
#include <vector>

namespace harness {

/// Instructions in the kernel's own format; empty: no filter.
using FilterProgram = std::vector<sock_filter>;

} // namespace harness
