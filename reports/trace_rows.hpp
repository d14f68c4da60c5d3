// Sightings as the rows of a table: one for each phase and call, joined over executables. Shared by
// the texts and the JSON of `harness trace`. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/syscall_table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace harness::reports {

struct TraceRow {
  SyscallId call;
  std::string name; // qualified
  Category category = Category::other;
  std::optional<std::uint64_t> calls; // null: ran free
  std::uint64_t errors = 0;
  std::map<std::string, std::uint64_t> errnos; // "ENOENT" → times
  bool only_faulted = false;
  std::vector<std::string> executables; // sorted file names
  std::vector<CodeLocation> backtrace;
};

/// By phase; in a phase the most frequent first, then by name.
std::map<PhaseIndex, std::vector<TraceRow>> trace_rows(std::span<const Sighting> sightings,
                                                       std::span<const ErrnoSeen> errnos,
                                                       std::span<const std::string> executables);

/// "phase 3" for an index without a name.
std::string phase_name(std::span<const std::string> phases, PhaseIndex phase);

/// "ENOENT"; "errno 4095" for a number without a name.
std::string errno_name(int code);

} // namespace harness::reports
