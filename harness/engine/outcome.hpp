// Outcome: a short description of a run for its record: how it ended, which bucket its failure
// belongs to, which phases it reached. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/protocol.hpp"

#include <string>

namespace harness::engine {

Ending ending_of(const RunResult& result);

/// A directory name for failures of this kind: "crash-SIGSEGV-1f3a…" (signal and the last calls
/// decide), "time-out-1f3a…", "launch-…"; "" if the run did not fail.
std::string bucket_of(const RunResult& result);

/// Sorted, without duplicates; a run that began at all reached phase 0.
std::vector<PhaseIndex> reached_phases(const RunResult& result);

} // namespace harness::engine
