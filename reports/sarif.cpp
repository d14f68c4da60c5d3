// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "reports/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

namespace harness::reports {

namespace {

using Json = nlohmann::ordered_json;

/// SARIF has three levels; a medium risk is worth a warning, as any news in a gate is.
std::string_view level_of(Risk risk) {
  return risk == Risk::critical || risk == Risk::high ? "error" : "warning";
}

/// A path as a URI reference (RFC 3986): everything but unreserved characters and "/" is encoded.
std::string uri_of(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// The line of the call's phase in the plan, else of the target, else the first.
int line_of(const CampaignSummary& summary, const std::string& phase) {
  const auto found = summary.phase_lines.find(phase);
  if (found != summary.phase_lines.end() && found->second > 0) {
    return found->second;
  }
  return summary.target_line > 0 ? summary.target_line : 1;
}

Json rule_json(const std::string& call, SyscallId id) {
  const auto& note = note_of(syscall_name(id));
  std::string help = fmt::format("The system call {} ({}) is not in the baseline.", call,
                                 to_string(note.category));
  if (!note.reason.empty()) {
    help += fmt::format(" Risk {}: {}.", to_string(note.risk), note.reason);
  }
  return {{"id", "new-call/" + call},
          {"name", "CallOutsideBaseline"},
          {"shortDescription", {{"text", "System call outside the baseline: " + call}}},
          {"fullDescription", {{"text", help}}},
          {"defaultConfiguration", {{"level", level_of(note.risk)}}}};
}

Json result_json(const CampaignSummary& summary, const BaselineChange& change) {
  const std::string call = qualified_name(change.pair.call);
  const auto& note = note_of(syscall_name(change.pair.call));
  const std::string message = fmt::format(
      "{} makes the system call {} in phase {}, which is not in the baseline. Reproduce with: {}",
      printable(change.pair.executable), call, printable(change.pair.phase),
      printable(replay_command(summary, change.input)));
  const std::string file =
      summary.plan_file.empty() ? summary.plan.name + ".yaml" : summary.plan_file;
  Json location;
  location["physicalLocation"]["artifactLocation"]["uri"] = uri_of(file);
  location["physicalLocation"]["region"]["startLine"] = line_of(summary, change.pair.phase);
  const std::string fingerprint = fmt::format("{}/{}/{}", printable(change.pair.phase), call,
                                              printable(change.pair.executable));
  return {{"ruleId", "new-call/" + call},
          {"level", level_of(note.risk)},
          {"message", {{"text", message}}},
          {"locations", Json::array({location})},
          {"partialFingerprints", {{"pair/v1", fingerprint}}}};
}

} // namespace

std::string to_sarif(const CampaignSummary& summary) {
  const View view(summary);
  Json rules = Json::array();
  Json results = Json::array();
  std::set<std::string> known;
  for (const auto* change : view.gained) {
    const std::string call = qualified_name(change->pair.call);
    if (known.insert(call).second) {
      rules.push_back(rule_json(call, change->pair.call));
    }
    results.push_back(result_json(summary, *change));
  }
  Json run;
  run["tool"]["driver"]["name"] = "harness";
  run["tool"]["driver"]["rules"] = std::move(rules);
  run["results"] = std::move(results);
  Json json;
  json["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  json["version"] = "2.1.0";
  json["runs"] = Json::array({run});
  return tame_json(json.dump(1)) + "\n";
}

} // namespace harness::reports
