// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/explore_output.hpp"

#include "core/base/clock.hpp"
#include "core/base/json_text.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/screen_observer.hpp"
#include "reports/live.hpp"

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace harness::cli {

namespace {

void say(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

/// What a log must not miss, whenever it comes: another stage, and the end of a counted one.
bool turns(const reports::LiveState& state, const std::string& stage) {
  return state.stage != stage || (state.steps && state.steps->done == state.steps->planned);
}

/// For logs: finds as they come, and a line about everything now and then.
class LineObserver final : public pool::ProgressObserver {
public:
  void update(const reports::LiveState& state) override {
    if (!turns(state, stage_) && state.elapsed_s - last_s_ < every_s) {
      return;
    }
    stage_ = state.stage;
    last_s_ = state.elapsed_s;
    say(reports::live_line(state) + "\n");
  }
  void found(const reports::LiveFind& find) override { say(reports::find_line(find) + "\n"); }
  void message(const std::string& text) override { print_error_line(text); }

private:
  static constexpr double every_s = 5;
  std::string stage_;
  double last_s_ = 0;
};

/// For programs: one JSON object a line.
class JsonObserver final : public pool::ProgressObserver {
public:
  void update(const reports::LiveState& state) override {
    if (!turns(state, stage_) && state.elapsed_s - last_s_ < 1) {
      return;
    }
    stage_ = state.stage;
    last_s_ = state.elapsed_s;
    nlohmann::json phases = nlohmann::json::object();
    for (const auto& phase : state.phases) {
      phases[json_text(phase.name)] = phase.calls;
    }
    nlohmann::json line = {{"event", "progress"},
                           {"campaign", json_text(state.campaign)},
                           {"stage", json_text(state.stage)},
                           {"elapsed_s", state.elapsed_s},
                           {"runs", state.runs},
                           {"runs_per_s", state.runs_per_s},
                           {"corpus", state.corpus},
                           {"crashes", state.crashes},
                           {"time_outs", state.time_outs},
                           {"incomplete", state.incomplete},
                           {"calls", std::move(phases)}};
    if (state.attempt) {
      line["attempt"] = {{"number", state.attempt->number},
                         {"runs", state.attempt->runs},
                         {"planned", state.attempt->planned}};
    }
    if (state.steps) {
      line["steps"] = {{"done", state.steps->done},
                       {"planned", state.steps->planned},
                       {"what", json_text(state.steps->what)}};
    }
    put(line);
  }
  void found(const reports::LiveFind& find) override {
    put({{"event", "find"},
         {"after_s", find.after_s},
         {"phase", json_text(find.phase)},
         {"call", json_text(find.call)},
         {"executable", json_text(find.executable)},
         {"input", json_text(find.input)}});
  }
  void message(const std::string& text) override {
    put({{"event", "message"}, {"text", json_text(text)}});
  }
  void finished() override { put({{"event", "finished"}}); }

private:
  static void put(const nlohmann::json& line) { say(tame_json(line.dump()) + "\n"); }
  std::string stage_;
  double last_s_ = 0;
};

class QuietObserver final : public pool::ProgressObserver {};

} // namespace

std::optional<Progress> parse_progress(const std::string& word) {
  if (word == "auto") {
    return Progress::automatic;
  }
  if (word == "screen") {
    return Progress::screen;
  }
  if (word == "lines") {
    return Progress::lines;
  }
  if (word == "json") {
    return Progress::json;
  }
  return word == "quiet" ? std::optional(Progress::quiet) : std::nullopt;
}

std::unique_ptr<pool::ProgressObserver> make_observer(Progress progress) {
  if (progress == Progress::automatic) {
    const char* term = std::getenv("TERM");
    const bool can_draw = term != nullptr && std::string_view(term) != "dumb";
    progress = can_draw && ::isatty(STDERR_FILENO) != 0 ? Progress::screen : Progress::lines;
  }
  switch (progress) {
  case Progress::json:
    return std::make_unique<JsonObserver>();
  case Progress::quiet:
    return std::make_unique<QuietObserver>();
  case Progress::screen:
    return std::make_unique<ScreenObserver>(STDERR_FILENO);
  case Progress::automatic:
  case Progress::lines:
    break;
  }
  return std::make_unique<LineObserver>();
}

} // namespace harness::cli
