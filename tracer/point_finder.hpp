// Arms the points of a PhasePlan in a process: finds the executable's and its libraries' load
// addresses and resolves symbols and offsets there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/memory_points.hpp"
#include "tracer/phase_plan.hpp"

#include <string>
#include <sys/types.h>

namespace harness::tracer {

/// A process that has just executed `executable`, all its threads stopped. `is_target`: it runs the
/// target's own executable. False if some point that should be there can't be watched.
bool arm_after_exec(const PhasePlan& plan, MemoryPoints& points, pid_t id,
                    const std::string& executable, bool is_target);

/// A process that has just mapped code from a file: arms points in libraries that are now there.
bool arm_after_map(const PhasePlan& plan, MemoryPoints& points, pid_t id);

/// What to add to link-time addresses of the executable of process `id`, from its AT_ENTRY.
std::optional<std::uint64_t> load_bias(pid_t id, std::uint64_t link_time_entry);

} // namespace harness::tracer
