// evaluate: runs a filter without a kernel, with the whole classic-BPF instruction set that seccomp
// accepts. Pure. `verdict_ranges` runs it for all numbers at once, which is how a filter is proved.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/bpf/verdict.hpp"
#include "core/model/filter_program.hpp"
#include "core/model/syscall_id.hpp"

#include <linux/seccomp.h>
#include <vector>

namespace harness::bpf {

/// The verdict on one call. Requires check(program); a program that fails it gives the error.
Result<Verdict> evaluate(const FilterProgram& program, const seccomp_data& data);

/// How many instructions a filter takes to that verdict.
Result<std::size_t> steps(const FilterProgram& program, const seccomp_data& data);

/// All numbers from `first` to `last` (without sign: -1 is 0xffffffff) get one of `verdicts`; which
/// of several follows from the arguments. Sorted, never empty.
struct VerdictRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::vector<Verdict> verdicts;
  friend bool operator==(const VerdictRange&, const VerdictRange&) = default;
};

/// The verdicts of a program on an architecture, for all 2^32 numbers: ranges in order, without
/// gaps, neighbors of the same verdicts joined. `verdicts` may name one that no arguments lead to.
/// Error: the program fails check, or calculates with the number in a way that this can't follow.
Result<std::vector<VerdictRange>> verdict_ranges(const FilterProgram& program, AuditArch arch);

} // namespace harness::bpf
