// The parts of the live screen, each as lines for a width; live.cpp arranges them. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/line.hpp"
#include "reports/live.hpp"

#include <string>
#include <vector>

namespace harness::reports {

/// "8s", "2m14s", "1h05m": at most six columns up to 99 hours.
std::string short_time(double seconds);

/// Two lines: what runs and for how long; the counts.
std::vector<Line> head_lines(const LiveState& state, int columns);
/// A line each phase: calls found and since when nothing new.
std::vector<Line> phase_lines(const LiveState& state, int columns, const Style& style);
/// A meter each for the quiet stretch or the validation attempt, and for the budget.
std::vector<Line> progress_lines(const LiveState& state, int columns, const Style& style);
std::vector<Line> find_lines(const LiveState& state);
std::vector<Line> failure_lines(const LiveState& state);
std::vector<Line> worker_lines(const LiveState& state);
std::vector<Line> message_lines(const LiveState& state);

} // namespace harness::reports
