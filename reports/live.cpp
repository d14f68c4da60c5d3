// SPDX-License-Identifier: Apache-2.0
#include "reports/live.hpp"

#include "core/base/text.hpp"
#include "reports/escape.hpp"
#include "reports/line.hpp"
#include "reports/live_parts.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::reports {

namespace {

using Lines = std::vector<Line>;

void append(Lines& to, const Lines& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// A block with its heading and a blank line before it, cut to `rows`; nothing if it is empty or
/// not even one of its lines fits.
Lines block(std::string_view heading, const Lines& body, int rows) {
  if (body.empty() || rows < 3) {
    return {};
  }
  Lines lines{Line(), Line().add(std::string(heading), Role::heading)};
  const auto room = static_cast<std::size_t>(rows - 2);
  const bool cut = body.size() > room;
  for (std::size_t i = 0; i < std::min(body.size(), cut ? room - 1 : room); ++i) {
    lines.push_back(body[i]);
  }
  if (cut) {
    lines.push_back(Line().add(fmt::format("  and {} more", body.size() - room + 1), Role::faint));
  }
  return lines;
}

/// Finds on the left; failures, workers and messages on the right.
Lines two_panes(const LiveState& state, int columns, int rows) {
  const int middle = columns * 11 / 20;
  const Lines left = block("Latest finds", find_lines(state), rows);
  Lines right = block("Failures", failure_lines(state), rows / 2);
  const auto room = [&] { return rows - static_cast<int>(right.size()); };
  append(right, block("Workers", worker_lines(state), room()));
  append(right, block("Messages", message_lines(state), room()));
  Lines lines;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    Line line = i < left.size() ? left[i] : Line();
    lines.push_back(i < right.size() ? line.beside(right[i], middle) : line);
  }
  return lines;
}

/// All below each other. What is shortest to say and matters most gets its lines first.
Lines one_pane(const LiveState& state, int rows) {
  const Lines failures = block("Failures", failure_lines(state), std::min(rows, 5));
  rows -= static_cast<int>(failures.size());
  const int wanted = static_cast<int>(find_lines(state).size()) + 2;
  const Lines finds = block("Latest finds", find_lines(state), std::min(rows, std::max(5, wanted)));
  rows -= static_cast<int>(finds.size());
  const Lines workers = block("Workers", worker_lines(state), rows);
  rows -= static_cast<int>(workers.size());
  Lines lines = finds;
  append(lines, failures);
  append(lines, workers);
  append(lines, block("Messages", message_lines(state), rows));
  return lines;
}

} // namespace

std::optional<double> time_left_s(const LiveState& state) {
  std::optional<double> left;
  const auto consider = [&](double seconds) {
    left = left ? std::min(*left, std::max(0.0, seconds)) : std::max(0.0, seconds);
  };
  if (state.budget_s) {
    consider(state.before_s + *state.budget_s - state.elapsed_s);
  }
  if (state.budget_runs && state.runs_per_s > 0) {
    const double runs = static_cast<double>(state.before_runs + *state.budget_runs) -
                        static_cast<double>(state.runs);
    consider(runs / state.runs_per_s);
  }
  if (state.attempt && state.attempt->news == 0 && state.runs_per_s > 0) {
    const double runs =
        static_cast<double>(state.attempt->planned) - static_cast<double>(state.attempt->runs);
    consider(runs / state.runs_per_s);
  }
  return left;
}

std::vector<std::string> live_screen(const LiveState& state, ScreenSize size, const Style& style) {
  constexpr int two_panes_from = 120;
  Lines lines = head_lines(state, size.columns);
  for (const auto& part :
       {phase_lines(state, size.columns, style), progress_lines(state, size.columns, style)}) {
    if (!part.empty()) {
      lines.emplace_back();
      append(lines, part);
    }
  }
  const int rows = size.rows - static_cast<int>(lines.size()) - 2; // a blank and the hint
  append(lines, size.columns >= two_panes_from ? two_panes(state, size.columns, rows)
                                               : one_pane(state, rows));
  lines.resize(static_cast<std::size_t>(std::max(0, size.rows)));
  if (size.rows > 4 && !state.hint.empty()) {
    lines.back() = Line().add(printable(state.hint), Role::faint);
  }
  std::vector<std::string> out;
  out.reserve(lines.size());
  for (const auto& line : lines) {
    out.push_back(line.text(size.columns, style));
  }
  return out;
}

std::string live_line(const LiveState& state) {
  std::string text = fmt::format("[{:>7}] {}: {} runs", short_time(state.elapsed_s),
                                 printable(state.stage), with_commas(state.runs));
  if (!state.steps) { // those runs are not of the search
    text += fmt::format(" ({:.1f}/s)", state.runs_per_s);
  }
  for (const auto& phase : state.phases) {
    text += fmt::format(", {} {}", printable(phase.name), phase.calls);
  }
  if (state.attempt) {
    text += fmt::format(", attempt {}: {} of {} fresh runs, {}", state.attempt->number,
                        with_commas(state.attempt->runs), with_commas(state.attempt->planned),
                        state.attempt->news == 0 ? "nothing new" : "something new");
  }
  if (state.steps) {
    text += fmt::format(", {} of {} {}", with_commas(state.steps->done),
                        with_commas(state.steps->planned), printable(state.steps->what));
  }
  if (state.crashes + state.time_outs > 0) {
    text += fmt::format(", {} crashed, {} timed out", with_commas(state.crashes),
                        with_commas(state.time_outs));
  }
  return text;
}

std::string find_line(const LiveFind& find) {
  return fmt::format("[{:>7}] new in {}: {} by {} (input {})", short_time(find.after_s),
                     printable(find.phase), printable(find.call), printable(find.executable),
                     printable(find.input));
}

} // namespace harness::reports
