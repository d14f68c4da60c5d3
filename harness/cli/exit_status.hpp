// Exit statuses: a contract that scripts rely on (docs/exit-status.md).
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace harness::cli {

constexpr int exit_good = 0;
constexpr int exit_usage = 64;          // command line, plan or seed: an error of the user
constexpr int exit_internal = 70;       // our own failure
constexpr int exit_tracer_failed = 125; // `trace` and `enforce`: our own failure
constexpr int exit_not_runnable = 126;  // as in `env` and shells: cannot be run,
constexpr int exit_not_found = 127;     //   was not found
constexpr int exit_interrupted = 130;   // Ctrl-C; everything saved and reported

// `explore` and `verify` add these up.
constexpr int exit_outside_baseline = 2; // also: a violation
constexpr int exit_not_converged = 4;
constexpr int exit_crashes = 8;
constexpr int exit_time_outs = 16;
constexpr int exit_incomplete = 32;

} // namespace harness::cli
