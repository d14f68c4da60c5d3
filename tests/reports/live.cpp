// SPDX-License-Identifier: Apache-2.0
#include "reports/live.hpp"

#include "reports/painter.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <regex>

using namespace harness;
using namespace harness::reports;

namespace {

LiveState example() {
  LiveState state;
  state.campaign = "redis";
  state.stage = "exploring";
  state.elapsed_s = 134.4;
  state.runs = 5912;
  state.runs_per_s = 44.2;
  state.corpus = 131;
  state.crashes = 3;
  state.time_outs = 2;
  state.restarts = 1;
  state.budget_s = 600;
  state.quiet_runs_needed = 500;
  state.quiet_runs = 212;
  state.phases = {{"startup", 28, 5912, 4310, 36.2}, {"serving", 26, 5880, 212, 129.8}};
  for (int i = 0; i < 30; ++i) {
    state.finds.push_back(
        {130.0 - i * 4, "serving", fmt::format("call_{}", i), "redis-server", "9f31c0aa12345678"});
  }
  state.failures = {{"crash-SIGSEGV-3f2a", 3}, {"time-out-91ce", 2}};
  state.workers = {{1, "exploring", 2960, 22.1}, {2, "restarting", 2952, 0}};
  state.messages = {"worker 2 was restarted"};
  state.hint = "Ctrl-C stops; all results are saved";
  return state;
}

std::string text(const std::vector<std::string>& lines) {
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::string without_color(const std::string& line) {
  return std::regex_replace(line, std::regex("\x1b\\[[0-9]*m"), "");
}

/// What a terminal of that size shows after the bytes; knows only what the painter may send.
class FakeTerminal {
public:
  explicit FakeTerminal(ScreenSize size)
      : rows_(static_cast<std::size_t>(size.rows)), size_(size) {}

  void take(const std::string& bytes) {
    static const std::regex token("\x1b\\[(\\?[0-9]+[hl]|[0-9;]*[A-Za-z])|[^\x1b]+");
    for (std::sregex_iterator i(bytes.begin(), bytes.end(), token), end; i != end; ++i) {
      act(i->str());
    }
  }
  std::vector<std::string> screen() const { return rows_; }
  bool cursor = true;
  bool alternate = false;
  bool wraps = true;
  int updates = 0;

private:
  void act(const std::string& token) {
    if (token[0] != '\x1b') {
      const std::string tail =
          column_ + token.size() < at().size() ? at().substr(column_ + token.size()) : "";
      at() = at().substr(0, column_) + token + tail;
      column_ += token.size();
    } else if (token == "\x1b[K") {
      at().resize(column_);
    } else if (token == "\x1b[2J") {
      rows_.assign(rows_.size(), "");
    } else if (token.back() == 'H') {
      row_ = static_cast<std::size_t>(std::stoi(token.substr(2))) - 1;
      column_ = 0;
      REQUIRE(row_ < rows_.size());
    } else if (token == "\x1b[?25l" || token == "\x1b[?25h") {
      cursor = token.back() == 'h';
    } else if (token == "\x1b[?1049h" || token == "\x1b[?1049l") {
      alternate = token.back() == 'h';
    } else if (token == "\x1b[?7h" || token == "\x1b[?7l") {
      wraps = token.back() == 'h';
    } else if (token == "\x1b[?2026h" || token == "\x1b[?2026l") {
      updates += token.back() == 'h' ? 1 : 0;
    } else {
      FAIL("unexpected: " << token.substr(1));
    }
  }
  std::string& at() { return rows_[row_]; }

  std::vector<std::string> rows_;
  ScreenSize size_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

} // namespace

TEST_CASE("live screen, small, wide and while validating") {
  test::check_golden("live-80x24.txt", text(live_screen(example(), {80, 24}, {.unicode = true})));
  LiveState state = example();
  test::check_golden("live-160x30.txt", text(live_screen(state, {160, 30}, {.unicode = true})));
  state.stage = "validating";
  state.attempt = LiveAttempt{.number = 2, .runs = 212, .planned = 477, .bound = 0.0223};
  test::check_golden("live-validating.txt",
                     text(live_screen(state, {100, 24}, {.color = true, .unicode = true})));
}

TEST_CASE("a screen of any size has its rows, and none is too wide") {
  LiveState state = example();
  state.attempt = LiveAttempt{.number = 2, .runs = 212, .planned = 477, .bound = 0.0223};
  for (const int columns : {0, 1, 20, 40, 79, 80, 119, 120, 200, 400}) {
    for (const int rows : {0, 1, 4, 5, 10, 24, 60, 100}) {
      for (const bool unicode : {false, true}) {
        const auto lines = live_screen(state, {columns, rows}, {.color = true, .unicode = unicode});
        CHECK(lines.size() == static_cast<std::size_t>(rows));
        for (const auto& line : lines) {
          CHECK_MESSAGE(display_width(without_color(line)) <= columns, line);
        }
      }
    }
  }
}

TEST_CASE("a stage of known length says how far it has come") {
  LiveState state = example();
  state.stage = "labeling";
  state.steps = LiveSteps{.done = 1200, .planned = 4000, .what = "reproducers checked"};
  const std::string screen = text(live_screen(state, {80, 24}, {}));
  CHECK(screen.find("labeling") != std::string::npos);
  CHECK(screen.find("1,200 of 4,000 reproducers checked") != std::string::npos);
  CHECK(live_line(state).find("5,912 runs, ") != std::string::npos); // no pace: it is another one
  CHECK(live_line(state).find(", 1,200 of 4,000 reproducers checked") != std::string::npos);
}

TEST_CASE("an empty state is a screen too") {
  const auto lines = live_screen({}, {80, 24}, {});
  CHECK(lines.size() == 24);
  CHECK_FALSE(time_left_s({}));
}

TEST_CASE("time left is that of the sooner of budget and attempt") {
  LiveState state;
  state.budget_s = 100;
  state.elapsed_s = 40;
  CHECK(time_left_s(state) == 60);
  state.runs_per_s = 10;
  state.budget_runs = 200;
  CHECK(time_left_s(state) == 20);
  state.attempt = LiveAttempt{.runs = 50, .planned = 100};
  CHECK(time_left_s(state) == 5);
  state.attempt->news = 1; // will go on exploring
  CHECK(time_left_s(state) == 20);
  state.elapsed_s = 140;
  CHECK(time_left_s(state) == 0);
}

TEST_CASE("the budget of a resumed campaign counts from where it was resumed") {
  LiveState state;
  state.before_s = 300;
  state.before_runs = 1000;
  state.elapsed_s = 310;
  state.runs = 1050;
  state.runs_per_s = 5;
  state.budget_s = 100;
  CHECK(time_left_s(state) == 90);
  const auto shown = [&](const char* text) {
    const auto lines = live_screen(state, {80, 24}, {});
    return std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return line.find(text) != std::string::npos; });
  };
  CHECK(shown("10 % used, about 1m30s left"));
  CHECK(shown("5m10s of 6m40s"));
  state.budget_runs = 100;
  CHECK(time_left_s(state) == 10);
  CHECK(shown("50 % used, about 10s left"));
}

TEST_CASE("hostile names keep their line") {
  LiveState state = example();
  state.campaign = state.stage = state.hint = test::hostile;
  state.phases[0].name = state.finds[0].input = state.finds[1].phase = test::hostile;
  state.failures[0].name = state.messages[0] = state.workers[0].state = test::hostile;
  const auto lines = live_screen(state, {200, 60}, {.unicode = true});
  for (const auto& line : lines) {
    CHECK(test::is_tame(line));
    CHECK(line.find('\n') == std::string::npos);
    CHECK(display_width(line) <= 200);
  }
  CHECK(test::is_tame(live_line(state)));
  CHECK(test::is_tame(find_line(state.finds[0])));
}

TEST_CASE("lines for a log") {
  LiveState state = example();
  CHECK(live_line(state) == "[  2m14s] exploring: 5,912 runs (44.2/s), startup 28, serving 26, "
                            "3 crashed, 2 timed out");
  state.crashes = state.time_outs = 0;
  state.attempt = LiveAttempt{.number = 1, .runs = 12, .planned = 368};
  CHECK(live_line(state) == "[  2m14s] exploring: 5,912 runs (44.2/s), startup 28, serving 26, "
                            "attempt 1: 12 of 368 fresh runs, nothing new");
  CHECK(find_line(state.finds[0]) ==
        "[  2m10s] new in serving: call_0 by redis-server (input 9f31c0aa12345678)");
}

TEST_CASE("the painter sends what changed, and nothing else") {
  Painter painter;
  FakeTerminal terminal({80, 24});
  terminal.take(painter.begin());
  CHECK(terminal.alternate);
  CHECK_FALSE(terminal.cursor);
  LiveState state = example();
  const Style style{}; // the fake terminal counts bytes
  terminal.take(painter.paint(live_screen(state, {80, 24}, style), {80, 24}));
  CHECK(terminal.screen() == live_screen(state, {80, 24}, style));
  CHECK(painter.paint(live_screen(state, {80, 24}, style), {80, 24}).empty());

  state.runs = 7;
  state.finds.clear();
  const auto lines = live_screen(state, {80, 24}, style);
  terminal.take(painter.paint(lines, {80, 24}));
  CHECK(terminal.screen() == lines);
  CHECK(terminal.updates == 2);

  FakeTerminal smaller({60, 20});
  const auto fewer = live_screen(state, {60, 20}, style);
  smaller.take(painter.paint(fewer, {60, 20}));
  CHECK(smaller.screen() == fewer);

  terminal.take(painter.end());
  CHECK_FALSE(terminal.alternate);
  CHECK(terminal.cursor);
  CHECK(terminal.wraps);
}
