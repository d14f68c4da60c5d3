// SPDX-License-Identifier: Apache-2.0
#include "reports/trace.hpp"

#include "core/base/json_text.hpp"
#include "core/model/phase.hpp"
#include "reports/json_parts.hpp"
#include "reports/trace_rows.hpp"

#include <nlohmann/json.hpp>
#include <set>

namespace harness::reports {

namespace {

using Json = nlohmann::ordered_json;

Json row_json(const TraceRow& row) {
  Json json;
  json["name"] = syscall_name(row.call);
  json["number"] = row.call.number;
  json["arch"] = arch_name(row.call.arch);
  json["calls"] = row.calls ? Json(*row.calls) : Json(nullptr);
  json["errors"] = row.errors;
  json["errno"] = row.errnos;
  json["category"] = to_string(row.category);
  json["fault_only"] = row.only_faulted;
  json["executables"] = text_array(row.executables);
  json["backtrace"] = backtrace_json(row.backtrace);
  return json;
}

Json phases_json(const RunResult& result, std::span<const std::string> phases) {
  const auto rows = trace_rows(result.sightings, result.errnos, result.executables);
  Json list = Json::array();
  for (std::size_t at = 0; at < phases.size(); ++at) {
    const auto phase = static_cast<PhaseIndex>(at);
    Json json;
    json["name"] = json_text(phases[phase]);
    const auto found = rows.find(phase);
    json["reached"] = found != rows.end();
    json["syscalls"] = Json::array();
    if (found != rows.end()) {
      for (const auto& row : found->second) {
        json["syscalls"].push_back(row_json(row));
      }
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json processes_json(const RunResult& result, std::span<const std::string> phases) {
  Json list = Json::array();
  for (const auto& process : result.processes) {
    Json json;
    json["pid"] = process.id;
    json["parent"] = process.parent ? Json(*process.parent) : Json(nullptr);
    json["name"] = json_text(process.name);
    json["executable"] = process.executable < result.executables.size()
                             ? json_text(result.executables[process.executable])
                             : "";
    json["phase"] = json_text(phase_name(phases, process.phase));
    json["end"] = process.end ? Json(json_text(describe(*process.end))) : Json(nullptr);
    json["threads"] = Json::array();
    for (const auto& thread : process.threads) {
      json["threads"].push_back({{"tid", thread.id}, {"name", json_text(thread.name)}});
    }
    list.push_back(std::move(json));
  }
  return list;
}

std::vector<std::string> all_names(const RunResult& result) {
  std::set<std::string> names;
  for (const auto& sighting : result.sightings) {
    if (!sighting.only_faulted) {
      names.insert(qualified_name(sighting.call));
    }
  }
  return {names.begin(), names.end()};
}

} // namespace

std::string trace_json(const RunResult& result, std::span<const std::string> phases) {
  Json json;
  json["schema"] = "harness-trace/1";
  json["observer"] = result.observed_in_kernel ? "kernel" : "ptrace";
  json["end"] = json_text(describe(result.end));
  json["elapsed_s"] = seconds(result.wall);
  json["calls"] = result.calls;
  json["phases"] = phases_json(result, phases);
  json["union"] = all_names(result);
  json["processes"] = processes_json(result, phases);
  json["incomplete"] = Json::array();
  for (const auto reason : result.incomplete) {
    json["incomplete"].push_back(to_string(reason));
  }
  return tame_json(json.dump(2)) + "\n";
}

} // namespace harness::reports
