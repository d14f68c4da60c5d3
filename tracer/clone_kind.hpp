// What a call of the clone family asks for. Pure but for one read of the caller's memory (clone3).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/tracee.hpp"

#include <cstdint>
#include <optional>

namespace harness::tracer {

/// The CLONE_ flags of the call `entry` of thread `id`; nothing if it creates no task.
std::optional<std::uint64_t> clone_flags(pid_t id, const SyscallInfo& entry);

} // namespace harness::tracer
