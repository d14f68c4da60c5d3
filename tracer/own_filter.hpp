// What a seccomp filter that the target installs itself may do to the calls that we want to see. A
// filter of ours makes every call stop; a stricter verdict of the target's own filter wins, and the
// call never reaches us.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/filter_program.hpp"
#include "tracer/tracee.hpp"

namespace harness::tracer {

/// True if some verdict of the program is stricter than the stop that a filter of ours asks for. It
/// looks at the program's return instructions alone, whether or not they can be reached.
bool may_hide_calls(const FilterProgram& program);

/// The same for the filter that the call `entry` of thread `id` installs; true where the program
/// can't be read, or is given by 32-bit code.
bool hides_calls(pid_t id, const SyscallInfo& entry);

/// Whether the call `entry` (of seccomp or prctl) that returned `value` has installed its filter.
bool filter_installed(const SyscallInfo& entry, std::int64_t value);

} // namespace harness::tracer
