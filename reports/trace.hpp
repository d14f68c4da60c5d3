// The output of `harness trace`: one RunResult as tables, as a tree of processes, or as JSON. Pure;
// depends on the result, not on the tracer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"
#include "core/model/run_result.hpp"
#include "reports/style.hpp"

#include <span>
#include <string>
#include <vector>

namespace harness::reports {

/// Names of the phases by index, as RunResult's sightings count them; one name "all" if the spec
/// had none.
std::vector<std::string> phase_names(std::span<const Phase> phases);

/// A table a phase: calls, errors, name, category; then how the run ended and what it missed.
std::string trace_table(const RunResult& result, std::span<const std::string> phases,
                        const Style& style);
/// A table a process and thread, in the shape of the process tree.
std::string trace_tree(const RunResult& result, std::span<const std::string> phases,
                       const Style& style);
/// {"schema": "harness-trace/1", …}; keys may be added, never renamed.
std::string trace_json(const RunResult& result, std::span<const std::string> phases);

} // namespace harness::reports
