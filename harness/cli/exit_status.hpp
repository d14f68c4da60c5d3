// Exit statuses: a contract that scripts rely on (docs/user/exit-status.md). Knows nothing.
#pragma once

namespace harness::cli {

constexpr int exit_good = 0;
constexpr int exit_usage = 64;          // command line, plan, seed: something the user wrote
constexpr int exit_internal = 70;       // our own failure
constexpr int exit_tracer_failed = 125; // `trace` and `enforce`: our own failure
constexpr int exit_not_runnable = 126;  // and as `env` and shells say it: can't be run,
constexpr int exit_not_found = 127;     // is not there
constexpr int exit_interrupted = 130;   // Ctrl-C; everything saved and reported

// `explore` and `verify` add these up.
constexpr int exit_outside_baseline = 2; // also: a violation
constexpr int exit_not_converged = 4;
constexpr int exit_crashes = 8;
constexpr int exit_time_outs = 16;
constexpr int exit_incomplete = 32;

} // namespace harness::cli
