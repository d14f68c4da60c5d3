// SPDX-License-Identifier: Apache-2.0
#include "reports/phase_json.hpp"

#include "core/base/json_text.hpp"
#include "reports/json_parts.hpp"

#include <nlohmann/json.hpp>

namespace harness::reports {

namespace {

using Json = nlohmann::ordered_json;

Json times_json(const std::vector<std::pair<std::string, std::uint64_t>>& list, const char* key) {
  Json json = Json::array();
  for (const auto& [text, times] : list) {
    json.push_back({{key, json_text(text)}, {"times", times}});
  }
  return json;
}

Json row_json(const CallRow& row) {
  // A contract down to `executables`; keys may be added after it.
  Json json;
  json["name"] = row.name;
  json["number"] = row.call.number;
  json["arch"] = arch_name(row.call.arch);
  json["calls"] = row.calls ? Json(*row.calls) : Json(nullptr);
  json["runs"] = row.runs;
  json["first_run"] = row.first.run;
  json["first_input"] = json_text(row.first.input);
  json["executables"] = text_array(row.executables);
  json["category"] = to_string(row.category);
  json["risk"] = to_string(row.risk);
  json["flaky"] = row.stability.flaky();
  json["shown"] = row.stability.shown;
  json["tried"] = row.stability.tried;
  json["gained"] = row.gained;
  json["first_after_s"] = rounded(row.first.after_s, 3);
  json["smallest_input"] = json_text(row.smallest_input);
  json["threads"] = text_array(row.threads);
  json["arguments"] = times_json(row.arguments, "text");
  json["errno"] = times_json(row.errnos, "name");
  json["backtrace"] = backtrace_json(row.first.backtrace);
  return json;
}

bool was_seen(const PhaseView& phase, SyscallId call) {
  for (const auto& row : phase.rows) {
    if (row.call == call) {
      return true;
    }
  }
  return false;
}

} // namespace

Json phases_json(const View& view) {
  Json list = Json::array();
  for (const auto& phase : view.phases) {
    Json seen = Json::array();
    Json faulted = Json::array();
    for (const auto& row : phase.rows) {
      (row.fault_only ? faulted : seen).push_back(row_json(row));
    }
    Json json;
    json["name"] = json_text(phase.name);
    json["runs"] = phase.runs;
    json["syscalls"] = std::move(seen);
    json["trigger"] = json_text(phase.trigger);
    json["fault_only"] = std::move(faulted);
    list.push_back(std::move(json));
  }
  return list;
}

Json unseen_json(const View& view) {
  Json list = Json::array();
  if (!view.summary.policy) {
    return list;
  }
  for (const auto& planned : view.summary.policy->phases) {
    const PhaseView* phase = nullptr;
    for (const auto& candidate : view.phases) {
      phase = candidate.name == planned.name ? &candidate : phase;
    }
    for (const auto& [call, entry] : planned.entries) {
      if (phase != nullptr && was_seen(*phase, call)) {
        continue;
      }
      list.push_back({{"phase", json_text(planned.name)},
                      {"call", qualified_name(call)},
                      {"action", to_string(entry.action)},
                      {"rule", to_string(entry.rule)},
                      {"first_phase", json_text(entry.first_phase)},
                      {"risk", to_string(note_of(syscall_name(call)).risk)},
                      {"note", json_text(entry.note)}});
    }
  }
  return list;
}

} // namespace harness::reports
