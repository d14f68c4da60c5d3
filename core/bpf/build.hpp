// build: FilterSpec → classic-BPF program. The emitter is our own rather than that of libseccomp,
// because the installed libseccomp lacks calls newer than its release, merges 64-bit comparisons
// wrongly before 2.6.1, and tests numbers one by one unless asked for a tree. The tests use
// libseccomp as an oracle. The program is a balanced tree of >= on the number with about
// log2(ranges) steps. It uses only instructions that the kernel can evaluate when the filter is
// installed, so that a call that is allowed with any arguments costs one bit test (Linux 5.11,
// seccomp action cache).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/bpf/filter_spec.hpp"
#include "core/model/filter_program.hpp"

namespace harness::bpf {

/// The longest program the kernel takes (BPF_MAXINSNS).
constexpr std::size_t longest_program = 4096;

/// A program that answers every call as decide(spec, …) does. Error: longer than the kernel takes,
/// or a condition on an argument there is not.
Result<FilterProgram> build(const FilterSpec& spec);

/// The program of a policy's phase: build(spec_of(policy, phase)).
Result<FilterProgram> build(const Policy& policy, std::size_t phase);

/// One stop of the tracer for each call, with `message` as PTRACE_GETEVENTMSG.
FilterProgram trace_all(std::uint16_t message = 0);

/// The same, but for calls in `free`, which run without a stop.
Result<FilterProgram> trace_all_but(const SyscallSet& free, std::uint16_t message = 0);

} // namespace harness::bpf
