// check: would the kernel accept this program as a seccomp filter? Pure. The rules are those of
// bpf_check_classic (net/core/filter.c) and seccomp_check_filter (kernel/seccomp.c).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/filter_program.hpp"

namespace harness::bpf {

/// Error: which instruction is not allowed, and why.
Result<> check(const FilterProgram& program);

} // namespace harness::bpf
