// The filter of a target whose calls are counted in the kernel: it stops the target only at calls
// after which the tracer must act. Pure; needs no kernel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/filter_program.hpp"
#include "tracer/phase_plan.hpp"

namespace harness::tracer {

/// Stops (SECCOMP_RET_TRACE) at: what begins a phase of `plan`, filters and tracers of the target's
/// own, new tasks, listen(2) if `readiness` is watched for, and calls by way
/// of the vsyscall page, which the tracepoint of system calls does not show. All else runs free.
FilterProgram structure_filter(const PhasePlan& plan, bool readiness);

/// True if the call was made by way of the vsyscall page.
bool by_vsyscall(std::uint64_t instruction_pointer);

} // namespace harness::tracer
