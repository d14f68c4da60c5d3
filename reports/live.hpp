// LiveScreen: the state of a running campaign as lines for a terminal of any size, and the plain
// lines for a log. Pure: the same state and size give the same lines. The painter (painter.hpp)
// brings them to a terminal; the command line fills the state from the campaign.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/style.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace harness::reports {

struct LivePhase {
  std::string name;
  std::uint64_t calls = 0;          // different calls found
  std::uint64_t runs = 0;           // runs that reached it
  std::uint64_t runs_since_new = 0; // runs since its last new call
  double last_new_s = 0;            // when that was, since the start
};

struct LiveFind {
  double after_s = 0;
  std::string phase;
  std::string call;
  std::string executable;
  std::string input; // hash, or its text in one line
};

struct LiveBucket {
  std::string name;
  std::uint64_t runs = 0;
  std::string what; // "killed by SIGSEGV"; may be empty
};

struct LiveWorker {
  std::uint32_t number = 0;
  std::string state; // "exploring", "validating", "starting", "restarting"
  std::uint64_t runs = 0;
  double runs_per_s = 0;
};

struct LiveAttempt {
  std::uint32_t number = 1;
  std::uint64_t runs = 0;
  std::uint64_t planned = 0;
  std::uint64_t news = 0;      // runs with something new
  std::optional<double> bound; // if it ended now
};

/// How far a stage has come whose length is known: "12 of 84 reproducers".
struct LiveSteps {
  std::uint64_t done = 0;
  std::uint64_t planned = 0;
  std::string what; // in the plural
};

struct LiveState {
  std::string campaign;
  std::string stage; // "calibrating", "seeding", "exploring", "validating", "labeling", "reporting"
  double elapsed_s = 0;
  std::uint64_t runs = 0;
  double runs_per_s = 0; // over the last seconds
  std::uint64_t corpus = 0;
  std::uint64_t crashes = 0;
  std::uint64_t time_outs = 0;
  std::uint64_t incomplete = 0;
  std::uint64_t restarts = 0; // of workers
  double before_s = 0; // of earlier sessions, part of elapsed_s and runs: budgets count from there
  std::uint64_t before_runs = 0;
  std::optional<double> budget_s; // of this session
  std::optional<std::uint64_t> budget_runs;
  std::optional<std::uint64_t> quiet_runs_needed; // of the trigger that starts an attempt
  std::uint64_t quiet_runs = 0;
  std::optional<LiveAttempt> attempt;
  std::optional<LiveSteps> steps; // of the stage
  double confidence = 0.95;
  double epsilon = 0.01;
  std::vector<LivePhase> phases;
  std::vector<LiveFind> finds; // newest first
  std::vector<LiveBucket> failures;
  std::vector<LiveWorker> workers;
  std::vector<std::string> messages; // newest first: a worker restarted, an input set aside
  std::string hint;                  // "Ctrl-C stops; all results are saved"
};

/// Seconds until budget or validation end it, whichever is known and sooner; nothing if neither is.
std::optional<double> time_left_s(const LiveState& state);

/// Exactly `rows` lines, none wider than `columns`; at least 40 × 10 is laid out well, smaller
/// sizes lose lines from the bottom.
struct ScreenSize {
  int columns = 80;
  int rows = 24;
};
std::vector<std::string> live_screen(const LiveState& state, ScreenSize size, const Style& style);

/// One line for a log, without escapes: "[ 12s] exploring: 530 runs (44/s), startup 41, …".
std::string live_line(const LiveState& state);
/// One line for a log about a find.
std::string find_line(const LiveFind& find);

} // namespace harness::reports
