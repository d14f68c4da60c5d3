// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include "core/base/json_text.hpp"
#include "reports/escape.hpp"
#include "reports/report_json.hpp"

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

namespace harness::reports {

namespace {

#include "reports/html/page.inc" // page_template, page_style, page_script

using Json = nlohmann::ordered_json;

/// Longer inputs are cut in the page (the campaign directory has them whole), so that a report of
/// many large inputs still opens at once.
constexpr std::size_t max_input_bytes = 4096;
constexpr std::size_t max_inputs_bytes = std::size_t{2} << 20;

Json inputs_json(const View& view) {
  Json inputs = Json::object();
  std::size_t total = 0;
  for (const auto& phase : view.phases) {
    for (const auto& row : phase.rows) {
      const auto found = view.summary.inputs.find(row.smallest_input);
      if (found == view.summary.inputs.end() || total >= max_inputs_bytes) {
        continue;
      }
      std::string text = found->second.substr(0, max_input_bytes);
      if (text.size() < found->second.size()) {
        text += "\n… truncated";
      }
      total += text.size();
      inputs[json_text(row.smallest_input)] = json_text(text);
    }
  }
  return inputs;
}

Json risk_reasons_json(const View& view) {
  Json reasons = Json::object();
  for (const auto& phase : view.phases) {
    for (const auto& row : phase.rows) {
      if (!row.risk_reason.empty()) {
        reasons[row.qualified] = row.risk_reason;
      }
    }
  }
  return reasons;
}

/// The report and what the page needs besides.
Json page_data(const View& view) {
  Json json = report_json(view);
  json["native"] = arch_name(AuditArch::x86_64);
  json["categories"] = Json::array();
  for (const auto category :
       {Category::file, Category::network, Category::process, Category::memory, Category::signal,
        Category::time, Category::ipc, Category::security, Category::system, Category::other}) {
    json["categories"].push_back(to_string(category));
  }
  json["replay"] = json_text(replay_prefix(view.summary));
  json["inputs"] = inputs_json(view);
  json["risk_reasons"] = risk_reasons_json(view);
  return json;
}

/// The verdict with its first words, up to the colon, set apart.
std::string verdict_markup(const View& view) {
  const std::string text = view.verdict();
  const auto colon = text.find(':');
  return "<b>" + markup(text.substr(0, colon)) + "</b>" + markup(text.substr(colon));
}

} // namespace

std::string to_html(const CampaignSummary& summary) {
  const View view(summary);
  kainjow::mustache::mustache page{std::string(page_template)};
  kainjow::mustache::data data;
  data.set("name", markup(summary.plan.name));
  data.set("verdict", verdict_markup(view));
  data.set("state", !view.passed() ? "bad" : summary.converged ? "good" : "open");
  data.set("style", std::string(page_style));
  data.set("script", std::string(page_script));
  data.set("data", script_json(page_data(view).dump()));
  return page.render(data);
}

} // namespace harness::reports
