// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/ending.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

namespace harness::campaign {

void note_ending(store::CampaignRecorder& recorder, const Ending& ending) {
  recorder.set_note("stop_reason", ending.stop_reason);
  recorder.set_note("reached_goal", ending.reached_goal ? "yes" : "no");
  recorder.set_note("plan_file", ending.plan_file);
  recorder.set_note("target_line", fmt::format("{}", ending.places.target.line));
  std::string lines;
  for (const auto& [phase, place] : ending.places.phases) {
    lines += fmt::format("{} {}\n", place.line, phase);
  }
  recorder.set_note("phase_lines", lines);
}

Ending ending_of(const std::map<std::string, std::string>& notes) {
  const auto note = [&](const std::string& key) {
    const auto found = notes.find(key);
    return found == notes.end() ? std::string() : found->second;
  };
  Ending ending{.stop_reason = note("stop_reason"),
                .reached_goal = note("reached_goal") == "yes",
                .plan_file = note("plan_file")};
  if (ending.stop_reason.empty()) {
    ending.stop_reason = "The campaign has not ended yet.";
  }
  ending.places.target.line = static_cast<int>(parse_integer(note("target_line")).value_or(0));
  for (const auto& line : split(note("phase_lines"), '\n')) {
    const auto blank = line.find(' ');
    if (blank != std::string::npos) {
      ending.places.phases[line.substr(blank + 1)].line =
          static_cast<int>(parse_integer(line.substr(0, blank)).value_or(0));
    }
  }
  return ending;
}

} // namespace harness::campaign
