// SPDX-License-Identifier: Apache-2.0
#include "reports/statistics_json.hpp"

#include "core/base/json_text.hpp"
#include "reports/json_parts.hpp"

#include <nlohmann/json.hpp>

namespace harness::reports {

namespace {

using Json = nlohmann::ordered_json;

Json optional_number(const std::optional<double>& value, int digits) {
  return value ? Json(rounded(*value, digits)) : Json(nullptr);
}

Json phase_bounds(const AttemptSummary& attempt) {
  Json json = Json::object();
  for (const auto& [phase, bound] : attempt.phase_bounds) {
    json[json_text(phase)] = rounded(bound, 8);
  }
  return json;
}

Json pairs_json(const std::vector<PairKey>& pairs) {
  Json list = Json::array();
  for (const auto& pair : pairs) {
    list.push_back({{"phase", json_text(pair.phase)},
                    {"call", qualified_name(pair.call)},
                    {"executable", json_text(pair.executable)}});
  }
  return list;
}

} // namespace

Json residual_risk_json(const View& view) {
  const auto* attempt = view.bounding;
  return {{"bound", attempt != nullptr ? optional_number(attempt->bound, 8) : Json(nullptr)},
          {"confidence", view.summary.plan.explore.confidence},
          {"fresh_runs", attempt != nullptr ? attempt->runs : 0},
          {"phases", attempt != nullptr ? phase_bounds(*attempt) : Json::object()}};
}

Json attempts_json(const View& view) {
  Json list = Json::array();
  for (const auto& attempt : view.summary.attempts) {
    list.push_back({{"number", attempt.number},
                    {"planned_runs", attempt.planned_runs},
                    {"runs", attempt.runs},
                    {"alpha", attempt.alpha},
                    {"complete", attempt.complete},
                    {"runs_with_news", attempt.runs_with_news},
                    {"news", pairs_json(attempt.news)},
                    {"began_at_run", attempt.began_at_run},
                    {"began_after_s", rounded(attempt.began_after_s, 3)},
                    {"bound", optional_number(attempt.bound, 8)},
                    {"phase_bounds", phase_bounds(attempt)},
                    {"replicate", attempt.replicate}});
  }
  return list;
}

Json estimates_json(const View& view) {
  const auto& e = view.summary.estimates;
  Json rarefaction = Json::array();
  for (const auto& [runs, pairs] : e.rarefaction) {
    rarefaction.push_back({{"runs", runs}, {"pairs", rounded(pairs, 3)}});
  }
  return {{"expected_new_pairs", optional_number(e.expected_new_pairs, 8)},
          {"chao2", optional_number(e.chao2, 3)},
          {"chao2_low", optional_number(e.chao2_low, 3)},
          {"chao2_high", optional_number(e.chao2_high, 3)},
          {"coverage", optional_number(e.coverage, 8)},
          {"runs_to_95_percent", optional_number(e.runs_to_95_percent, 1)},
          {"singletons", e.singletons},
          {"doubletons", e.doubletons},
          {"rarefaction", rarefaction}};
}

Json curve_json(const View& view) {
  Json list = Json::array();
  for (const auto& point : view.summary.curve) {
    Json pairs = Json::object();
    for (const auto& [phase, number] : point.pairs) {
      pairs[json_text(phase)] = number;
    }
    list.push_back({{"runs", point.runs},
                    {"after_s", rounded(point.after_s, 3)},
                    {"corpus", point.corpus},
                    {"pairs", pairs}});
  }
  return list;
}

Json replicates_json(const View& view) {
  Json list = Json::array();
  for (const auto& replicate : view.summary.replicates) {
    list.push_back({{"number", replicate.number},
                    {"runs", replicate.runs},
                    {"pairs", replicate.pairs},
                    {"only_here", pairs_json(replicate.only_here)}});
  }
  return list;
}

Json shards_json(const View& view) {
  static constexpr const char* kinds[] = {"shard", "fresh", "other"};
  Json list = Json::array();
  for (const auto& shard : view.summary.shards) {
    list.push_back({{"kind", kinds[static_cast<int>(shard.kind)]},
                    {"name", json_text(shard.name)},
                    {"campaign", json_text(shard.campaign)},
                    {"runs", shard.runs},
                    {"calls", shard.calls},
                    {"pairs", shard.pairs},
                    {"only_here", pairs_json(shard.only_here)}});
  }
  return list;
}

} // namespace harness::reports
