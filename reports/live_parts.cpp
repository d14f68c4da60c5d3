// SPDX-License-Identifier: Apache-2.0
#include "reports/live_parts.hpp"

#include "core/base/text.hpp"
#include "reports/escape.hpp"
#include "reports/view.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace harness::reports {

namespace {

double share(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

void count(Line& line, std::string_view name, std::uint64_t value, Role role) {
  line.add("  ").add(std::string(name) + " ", Role::faint);
  line.add(with_commas(value), value == 0 ? Role::plain : role);
}

/// "name ━━━━──── text", the meter as wide as the screen allows.
Line meter_line(std::string_view name, double part, const std::string& text, int columns,
                const Style& style) {
  constexpr int names = 12;
  const int room = columns - names - 2 - display_width(text);
  const int width = std::clamp(std::min(columns / 4, room), 8, 40);
  Line line;
  line.add(pad(name, names), Role::faint);
  return line.add(meter(part, width, style), Role::accent).add("  " + text);
}

std::string attempt_text(const LiveState& state, const LiveAttempt& attempt) {
  std::string text =
      fmt::format("{} of {} fresh runs, ", with_commas(attempt.runs), with_commas(attempt.planned));
  text += attempt.news == 0 ? "nothing new"
                            : fmt::format("{} with something new", with_commas(attempt.news));
  if (attempt.bound) {
    text +=
        fmt::format("; bound {} so far, goal {}", percent(*attempt.bound), percent(state.epsilon));
  }
  return text;
}

} // namespace

std::string short_time(double seconds) {
  const auto whole =
      static_cast<std::uint64_t>(std::isfinite(seconds) ? std::max(0.0, seconds) : 0);
  if (whole < 60) {
    return fmt::format("{}s", whole);
  }
  if (whole < 3600) {
    return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  }
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

std::vector<Line> head_lines(const LiveState& state, int columns) {
  Line title;
  title.add(printable(state.campaign), Role::heading)
      .add("  " + printable(state.stage), Role::accent);
  std::string clock = short_time(state.elapsed_s);
  if (state.budget_s) {
    clock += " of " + short_time(state.before_s + *state.budget_s);
  }
  title.to(columns - display_width(clock)).add(clock);
  Line counts;
  counts.add("runs ", Role::faint).add(with_commas(state.runs));
  counts.add(fmt::format(" ({:.1f}/s)", state.runs_per_s), Role::faint);
  count(counts, "corpus", state.corpus, Role::plain);
  count(counts, "crashes", state.crashes, Role::bad);
  count(counts, "time-outs", state.time_outs, Role::warning);
  if (state.incomplete > 0) {
    count(counts, "incomplete", state.incomplete, Role::warning);
  }
  if (state.restarts > 0) {
    count(counts, "restarts", state.restarts, Role::warning);
  }
  return {title, counts};
}

std::vector<Line> phase_lines(const LiveState& state, int columns, const Style& style) {
  std::uint64_t most = 1;
  int names = 5;
  for (const auto& phase : state.phases) {
    most = std::max(most, phase.calls);
    names = std::max(names, std::min(columns / 3, display_width(printable(phase.name))));
  }
  if (state.phases.empty()) {
    return {};
  }
  const int bar = std::clamp(columns / 4, 8, 40);
  std::vector<Line> lines{Line().add(fmt::format("{}  {}  {}  {}", pad("phase", names),
                                                 pad("", bar), pad_left("calls", 5), "last new"),
                                     Role::faint)};
  for (const auto& phase : state.phases) {
    Line line;
    line.add(pad(fit(printable(phase.name), names, style.unicode), names) + "  ", Role::accent);
    const double part = share(static_cast<double>(phase.calls), static_cast<double>(most));
    line.add(meter(part, bar, style), Role::faint);
    line.add("  " + pad_left(with_commas(phase.calls), 5) + "  ");
    if (phase.runs == 0) {
      line.add("not reached yet", Role::warning);
    } else if (phase.calls > 0) {
      line.add(fmt::format("{} run{} ago", with_commas(phase.runs_since_new),
                           phase.runs_since_new == 1 ? "" : "s"));
      line.add(", at " + short_time(phase.last_new_s), Role::faint);
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<Line> progress_lines(const LiveState& state, int columns, const Style& style) {
  std::vector<Line> lines;
  if (state.steps) {
    const auto& steps = *state.steps;
    lines.push_back(
        meter_line(printable(state.stage),
                   share(static_cast<double>(steps.done), static_cast<double>(steps.planned)),
                   fmt::format("{} of {} {}", with_commas(steps.done), with_commas(steps.planned),
                               printable(steps.what)),
                   columns, style));
  } else if (state.attempt) {
    const auto& attempt = *state.attempt;
    lines.push_back(
        meter_line(fmt::format("attempt {}", attempt.number),
                   share(static_cast<double>(attempt.runs), static_cast<double>(attempt.planned)),
                   attempt_text(state, attempt), columns, style));
  } else if (state.quiet_runs_needed) {
    lines.push_back(meter_line(
        "quiet",
        share(static_cast<double>(state.quiet_runs), static_cast<double>(*state.quiet_runs_needed)),
        fmt::format("{} of {} runs without a new call", with_commas(state.quiet_runs),
                    with_commas(*state.quiet_runs_needed)),
        columns, style));
  }
  double spent = state.budget_s ? share(state.elapsed_s - state.before_s, *state.budget_s) : 0;
  if (state.budget_runs) {
    spent = std::max(spent, share(static_cast<double>(state.runs - state.before_runs),
                                  static_cast<double>(*state.budget_runs)));
  }
  if (state.budget_s || state.budget_runs) {
    const auto left = time_left_s(state);
    const std::string text =
        fmt::format("{:.0f} % used{}", std::min(1.0, spent) * 100,
                    left ? fmt::format(", about {} left", short_time(*left)) : "");
    lines.push_back(meter_line("budget", spent, text, columns, style));
  }
  return lines;
}

std::vector<Line> find_lines(const LiveState& state) {
  int phases = 0;
  int calls = 0;
  int programs = 0;
  for (const auto& find : state.finds) {
    phases = std::max(phases, std::min(16, display_width(printable(find.phase))));
    calls = std::max(calls, std::min(24, display_width(printable(find.call))));
    programs = std::max(programs, std::min(16, display_width(printable(find.executable))));
  }
  std::vector<Line> lines;
  for (const auto& find : state.finds) {
    Line line;
    line.add("  " + pad_left(short_time(find.after_s), 6) + "  ", Role::faint);
    line.add(pad(fit(printable(find.phase), 16), phases) + "  ");
    line.add(pad(fit(printable(find.call), 24), calls) + "  ", Role::accent);
    line.add(pad(fit(printable(find.executable), 16), programs) + "  ");
    lines.push_back(line.add(printable(find.input), Role::faint));
  }
  return lines;
}

std::vector<Line> failure_lines(const LiveState& state) {
  std::vector<Line> lines;
  for (const auto& bucket : state.failures) {
    Line line;
    line.add("  " + pad_left(with_commas(bucket.runs), 6) + "  ");
    if (!bucket.what.empty()) {
      line.add(printable(bucket.what) + "  ", Role::bad);
    }
    lines.push_back(
        line.add(printable(bucket.name), bucket.what.empty() ? Role::bad : Role::faint));
  }
  return lines;
}

std::vector<Line> worker_lines(const LiveState& state) {
  std::vector<Line> lines;
  for (const auto& worker : state.workers) {
    Line line;
    line.add("  " + pad_left(std::to_string(worker.number), 6) + "  ", Role::faint);
    line.add(pad(printable(worker.state), 11),
             worker.state == "restarting" ? Role::warning : Role::plain);
    lines.push_back(line.add(
        fmt::format("{:>10} runs  {:>7.1f}/s", with_commas(worker.runs), worker.runs_per_s)));
  }
  return lines;
}

std::vector<Line> message_lines(const LiveState& state) {
  std::vector<Line> lines;
  for (const auto& message : state.messages) {
    lines.push_back(Line("  " + printable(message)));
  }
  return lines;
}

} // namespace harness::reports
