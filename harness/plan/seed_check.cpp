// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/seed_check.hpp"

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "harness/plan/plan_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <variant>
#include <vector>

namespace harness::plan {

namespace {

/// The first line of `text` that begins with `directive` and has `word` in it ("" = any).
SourceLocation line_of(std::string_view text, const std::string& file, std::string_view directive,
                       const std::string& word) {
  int number = 0;
  for (const auto& line : split(text, '\n')) {
    ++number;
    const auto words = split_words(trim(line));
    const bool says =
        words && !words->empty() && words->front() == directive &&
        (word.empty() || std::find(words->begin(), words->end(), word) != words->end());
    if (says) {
      return {file, number, 0};
    }
  }
  return {file};
}

/// `auto` phases have no names before the target was looked at.
bool knows_its_phases(const CampaignPlan& plan) {
  return std::none_of(plan.phases.begin(), plan.phases.end(), [](const Phase& phase) {
    const auto* trigger = std::get_if<AutoTrigger>(&phase.trigger);
    return trigger != nullptr && trigger->point.empty();
  });
}

void check_phase(const CampaignPlan& plan, const std::string& phase, const SourceLocation& where) {
  std::vector<std::string> names;
  for (const auto& known : plan.phases) {
    names.push_back(known.name);
  }
  if (phase.empty() || !knows_its_phases(plan) ||
      std::find(names.begin(), names.end(), phase) != names.end()) {
    return;
  }
  const auto near = nearest_word(phase, names);
  throw UserError(where, fmt::format("the plan has no phase {}", quote_if_needed(phase)),
                  near ? fmt::format("did you mean {}?", *near)
                       : fmt::format("write one of {}", fmt::join(names, ", ")));
}

} // namespace

void check_seed(const CampaignPlan& plan, const Input& input, std::string_view text,
                const std::string& file) {
  for (const auto& signal : input.signals) {
    check_phase(plan, signal.at.phase, line_of(text, file, "signal", signal.at.phase));
  }
  for (const auto& fault : input.faults) {
    check_phase(plan, fault.phase, line_of(text, file, "fault", fault.phase));
  }
  for (const auto& name : input.sidecars) {
    check_sidecar(plan, name, line_of(text, file, "sidecar", name));
  }
  if (!input.configuration.empty() && plan.workload.configuration_file.empty()) {
    throw UserError(line_of(text, file, "config", ""), "the plan has no configuration file",
                    "write configuration_file: NAME below workload: in the plan, or remove this "
                    "line");
  }
}

} // namespace harness::plan
