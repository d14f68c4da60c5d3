// TraceOptions: how to watch a run, which is the runner's decision (or that of `trace` and
// `enforce`), while the RunSpec says what to launch. A value; default options count every call of
// one phase:
//
//   TraceOptions options;
//   options.phases = plan.phases;
//   options.mode = Mode::discover;
//   const RunResult result = tracer::run(spec, options, stop);
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/filter_program.hpp"
#include "core/model/phase.hpp"
#include "core/model/syscall_id.hpp"

#include <string>
#include <vector>

namespace harness {

enum class Mode {
  count,    // every call is seen
  discover, // calls known in the last phase run free
};

/// What to look at besides (phase, call) pairs and counts. Each costs something; see
/// docs/design/tracing.md.
struct Observe {
  bool sites = true;      // code location and backtrace at first sightings
  bool edges = false;     // call-to-call edges per thread
  bool arguments = false; // argument classes
  bool strings = false;   // paths and names the target passes, as dictionary words
  SyscallSet errno_of;    // an exit stop more for these; see `all_errno`
  bool all_errno = false; // an exit stop more for every call
};

struct TraceOptions {
  std::vector<Phase> phases; // concrete triggers; [0] is launch. Empty: one phase "all"
  /// The phases are those of this executable (as the kernel names it), whoever starts it: other
  /// processes stay in phase 0. Empty: of the launched one and all that it starts.
  std::string phases_of;
  Mode mode = Mode::count;
  SyscallSet known;       // discover: calls of the last phase that need not stop
  SyscallSet known_sites; // calls whose first site is on file already: no backtrace
  Observe observe;
  /// Filters to install in the target, one a phase, by index (shorter: none for the rest).
  std::vector<FilterProgram> filters;
  /// Also end the trace once the last phase's filter is in; the target goes on alone (`enforce`).
  bool detach_after_last_phase = false;
  /// Calls that the filters do not allow, per phase: seen in `filters`' shadow they are violations.
  bool report_violations = false;
};

} // namespace harness
