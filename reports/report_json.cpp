// SPDX-License-Identifier: Apache-2.0
#include "reports/report_json.hpp"

#include "core/base/json_text.hpp"
#include "reports/formats.hpp"
#include "reports/json_parts.hpp"
#include "reports/phase_json.hpp"
#include "reports/statistics_json.hpp"

#include <nlohmann/json.hpp>

namespace harness::reports {

namespace {

using Json = nlohmann::ordered_json;

Json failures(const View& view) {
  Json list = Json::array();
  for (const auto& bucket : view.summary.failures) {
    list.push_back({{"name", json_text(bucket.name)},
                    {"what", json_text(bucket.what)},
                    {"crash", bucket.crash},
                    {"time_out", bucket.time_out},
                    {"runs", bucket.runs},
                    {"first_run", bucket.first_run},
                    {"first_input", json_text(bucket.first_input)},
                    {"last_calls", text_array(bucket.last_calls)},
                    {"output_tail", json_text(bucket.output_tail)}});
  }
  return list;
}

Json gates(const View& view) {
  Json list = Json::array();
  for (const auto& gate : view.gates) {
    list.push_back({{"name", gate.name},
                    {"bit", gate.bit},
                    {"applies", gate.applies},
                    {"passed", gate.passed},
                    {"text", gate.text}});
  }
  return list;
}

Json changes(const std::vector<const BaselineChange*>& of) {
  Json list = Json::array();
  for (const auto* change : of) {
    list.push_back({{"phase", json_text(change->pair.phase)},
                    {"call", qualified_name(change->pair.call)},
                    {"executable", json_text(change->pair.executable)},
                    {"input", json_text(change->input)}});
  }
  return list;
}

Json verified(const View& view) {
  if (!view.summary.verified) {
    return nullptr;
  }
  Json violations = Json::array();
  for (const auto& violation : view.summary.verified->violations) {
    violations.push_back({{"phase", json_text(violation.pair.phase)},
                          {"call", qualified_name(violation.pair.call)},
                          {"executable", json_text(violation.pair.executable)},
                          {"input", json_text(violation.input)},
                          {"times", violation.times}});
  }
  return {{"corpus_runs", view.summary.verified->corpus_runs},
          {"fresh_runs", view.summary.verified->fresh_runs},
          {"violations", violations}};
}

Json tree(const ProcessNode& node) {
  Json children = Json::array();
  for (const auto& child : node.children) {
    children.push_back(tree(child));
  }
  return {{"name", json_text(node.name)},
          {"executable", json_text(node.executable)},
          {"phase", json_text(node.phase)},
          {"end", json_text(node.end)},
          {"threads", node.threads},
          {"calls", node.calls},
          {"children", children}};
}

Json trees(const View& view) {
  Json list = Json::array();
  for (const auto& node : view.summary.trees) {
    list.push_back(tree(node));
  }
  return list;
}

/// Text by text, sorted by key as the map is.
template <typename Map> Json object_of(const Map& map) {
  Json object = Json::object();
  for (const auto& [key, value] : map) {
    if constexpr (std::is_same_v<typename Map::mapped_type, std::string>) {
      object[json_text(key)] = json_text(value);
    } else {
      object[json_text(key)] = value;
    }
  }
  return object;
}

std::string observer_of(const View& view) {
  const auto found = view.summary.environment.find("observer");
  return found == view.summary.environment.end() ? "ptrace" : json_text(found->second);
}

/// DESIGN's contract down to `incomplete_runs`; what was added comes after it.
constexpr ReportField fields[] = {
    {"schema", [](const View&) -> Json { return "harness-report/1"; }},
    {"campaign", [](const View& v) -> Json { return json_text(v.summary.plan.name); }},
    {"runs", [](const View& v) -> Json { return v.summary.runs; }},
    {"converged", [](const View& v) -> Json { return v.summary.converged; }},
    {"elapsed_s", [](const View& v) -> Json { return rounded(v.summary.elapsed_s, 3); }},
    {"runs_per_s", [](const View& v) -> Json { return rounded(v.runs_per_s, 1); }},
    {"phases", phases_json},
    {"union", [](const View& v) -> Json { return v.union_names; }},
    {"residual_risk", residual_risk_json},
    {"failures", failures},
    {"incomplete_runs", [](const View& v) -> Json { return v.summary.incomplete_runs; }},
    // Added since.
    {"fault_only", [](const View& v) -> Json { return v.fault_only; }},
    {"verdict", [](const View& v) -> Json { return json_text(v.verdict()); }},
    {"exit_status", [](const View& v) -> Json { return v.summary.exit_status; }},
    {"stop_reason", [](const View& v) -> Json { return json_text(v.summary.stop_reason); }},
    {"statement", [](const View& v) -> Json { return json_text(v.summary.statement); }},
    {"not_established",
     [](const View& v) -> Json { return text_array(v.summary.not_established); }},
    {"gates", gates},
    {"crashes", [](const View& v) -> Json { return v.summary.crashes; }},
    {"time_outs", [](const View& v) -> Json { return v.summary.time_outs; }},
    {"incomplete_reasons",
     [](const View& v) -> Json { return object_of(v.summary.incomplete_reasons); }},
    {"corpus", [](const View& v) -> Json { return v.summary.corpus; }},
    {"attempts", attempts_json},
    {"estimates", estimates_json},
    {"curve", curve_json},
    {"baseline",
     [](const View& v) -> Json {
       return v.summary.baseline ? Json(json_text(*v.summary.baseline)) : Json(nullptr);
     }},
    {"gained", [](const View& v) -> Json { return changes(v.gained); }},
    {"lost", [](const View& v) -> Json { return changes(v.lost); }},
    {"replicates", replicates_json},
    {"unseen", unseen_json},
    {"verified", verified},
    {"trees", trees},
    {"environment", [](const View& v) -> Json { return object_of(v.summary.environment); }},
    {"shards", shards_json},
    {"observer", [](const View& v) -> Json { return observer_of(v); }},
};

} // namespace

std::span<const ReportField> report_fields() {
  return fields;
}

Json report_json(const View& view) {
  Json json;
  for (const auto& field : fields) {
    json[std::string(field.key)] = field.value(view);
  }
  return json;
}

std::string to_json(const CampaignSummary& summary) {
  return tame_json(report_json(View(summary)).dump(1)) + "\n";
}

} // namespace harness::reports
