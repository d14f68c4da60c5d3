// One traced run of a command line for `harness trace` and `harness enforce`: the spec, signals
// that this process receives, the exit status. Independent of campaigns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/observer_choice.hpp"
#include "core/model/run_result.hpp"
#include "core/model/run_spec.hpp"
#include "core/model/trace_options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace harness::cli {

/// Absolute path of the program that a shell would run; nothing, with a word on standard error, if
/// PATH does not have it.
std::optional<std::string> path_of_program(std::string_view command, const std::string& name);

/// A spec that leaves the target alone: our streams, environment and directory, no limits.
/// `program` is its whole argv.
RunSpec spec_of_command(const std::string& executable, const std::vector<std::string>& program);

/// Traces it. SIGTERM, SIGHUP and SIGINT that are sent to us end every process of the run and give
/// what was gathered; a Ctrl-C, which the target gets from the terminal as well, is left to the
/// target, and the second one ends it.
///
/// Calls are observed as `observer` says. Throws UserError where it says `kernel` and that can't
/// be.
RunResult trace_once(const RunSpec& spec, const TraceOptions& options,
                     ObserverChoice observer = ObserverChoice::automatic);

/// Follows the running process `id` until it ends or a signal to us (Ctrl-C: the first) lets it go,
/// unharmed.
RunResult trace_running(pid_t id, const TraceOptions& options);

/// False, with a word on standard error, if the target could not be launched.
bool was_launched(std::string_view command, const RunEnd& end);

/// The target's own status, 128 + its signal; 125 for a failure of ours, 126 and 127 as `env` says
/// them for a program that can't be run or is not there; 130 if the run was interrupted.
int exit_status_of(const RunEnd& end);

} // namespace harness::cli
