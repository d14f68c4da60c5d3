// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/status.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/stats/bounds.hpp"
#include "harness/store/campaign_recorder.hpp"
#include "harness/store/summary.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace harness::analysis {

namespace {

std::vector<ReplicateStatus> replicates_of(const store::CampaignSnapshot& campaign) {
  const auto& campaign_state = campaign.state;
  const stats::Goal goal{.epsilon = campaign.plan.explore.epsilon,
                         .confidence = campaign.plan.explore.confidence};
  std::map<std::uint32_t, ReplicateStatus> replicates;
  for (const auto& [writer, origin] : campaign_state.writers) {
    auto& replicate = replicates[origin.replicate];
    for (const auto* counts :
         {&campaign_state.profile.runs, &campaign_state.profile.incomplete_runs}) {
      const auto found = counts->find(writer);
      replicate.runs += found == counts->end() ? 0 : found->second;
    }
  }
  for (const auto& [key, record] : campaign_state.attempts) { // in the order of their numbers
    replicates[key.first.replicate].attempt = record.attempt;
  }
  std::vector<ReplicateStatus> list;
  for (auto& [number, replicate] : replicates) {
    replicate.number = number;
    replicate.quiet = store::quiet_runs(campaign.notes, number);
    replicate.quiet_needed = stats::quiet_runs(goal);
    list.push_back(std::move(replicate));
  }
  return list;
}

/// The last point of the curve with more pairs than the one before it.
void find_last_news(CampaignStatus& status, const store::CampaignState& campaign_state) {
  std::uint64_t before = 0;
  for (const auto& [key, point] : campaign_state.curve) {
    std::uint64_t pairs = 0;
    for (const auto& [phase, count] : point.pairs) {
      pairs += count;
    }
    if (pairs > before) {
      status.last_news_run = key.second;
      status.last_news_s = point.after_s;
    }
    before = pairs;
  }
}

std::string attempt_text(const ReplicateStatus& replicate) {
  if (!replicate.attempt) {
    return "no attempt yet";
  }
  const auto& attempt = *replicate.attempt;
  const std::string name = fmt::format("attempt {}", attempt.number);
  switch (attempt.state) {
  case stats::Attempt::State::drawing:
    return fmt::format("{}: {} of {} fresh runs made, {} with new calls", name,
                       with_commas(attempt.runs), with_commas(attempt.planned_runs), attempt.news);
  case stats::Attempt::State::passed:
    return fmt::format("{} passed: nothing new in {} fresh runs", name, with_commas(attempt.runs));
  case stats::Attempt::State::failed:
    return fmt::format("{} failed: {} of {} fresh runs showed something new", name, attempt.news,
                       with_commas(attempt.runs));
  case stats::Attempt::State::unprovable:
    return fmt::format("{} proved nothing: {} runs were incomplete", name,
                       with_commas(attempt.incomplete));
  case stats::Attempt::State::abandoned:
    return name + " was abandoned";
  }
  return "";
}

} // namespace

CampaignStatus status_of(const store::CampaignSnapshot& campaign) {
  const auto& campaign_state = campaign.state;
  CampaignStatus status{.directory = campaign.directory.path(),
                        .name = campaign.plan.name,
                        .running = campaign.directory.in_use(),
                        .pairs = campaign_state.pairs_by_phase(),
                        .phases = campaign_state.profile.phases,
                        .corpus = campaign_state.inputs.size(),
                        .crashes = campaign_state.total(store::Counter::Kind::crashes),
                        .time_outs = campaign_state.total(store::Counter::Kind::time_outs),
                        .failure_buckets = campaign_state.failures.size()};
  for (const auto& [origin, elapsed] : campaign_state.elapsed_s) {
    status.elapsed_s = std::max(status.elapsed_s, elapsed);
  }
  status.incomplete_runs = campaign_state.profile.total_incomplete_runs();
  status.runs = campaign_state.profile.total_runs() + status.incomplete_runs;
  status.flaky = static_cast<std::size_t>(
      std::count_if(campaign_state.profile.pairs.begin(), campaign_state.profile.pairs.end(),
                    [](const auto& item) { return item.second.stability.flaky(); }));
  find_last_news(status, campaign_state);
  status.runs_to_95_percent = store::estimates_of(campaign_state, "").runs_to_95_percent;
  status.replicates = replicates_of(campaign);
  status.by_attempts = campaign.plan.explore.until == Until::converged;
  status.converged = store::converged(campaign_state);
  status.statement = store::risk_statement(campaign_state, campaign.plan.explore.confidence);
  return status;
}

std::string status_text(const CampaignStatus& status) {
  std::string text = fmt::format("{}  {}\n", printable(status.directory),
                                 status.running     ? "running"
                                 : status.converged ? "ended, converged"
                                                    : "not running, not converged");
  const auto line = [&](std::string_view name, const std::string& value) {
    text += fmt::format("  {:<10} {}\n", printable(name), printable(value));
  };
  const double rate =
      status.elapsed_s > 0 ? static_cast<double>(status.runs) / status.elapsed_s : 0;
  line("runs",
       fmt::format("{} in {:.1f} s ({:.1f} per second), {} incomplete", with_commas(status.runs),
                   status.elapsed_s, rate, with_commas(status.incomplete_runs)));
  for (const auto& phase : status.phases) {
    const auto pairs = status.pairs.find(phase);
    line(phase, fmt::format("{} calls", pairs == status.pairs.end() ? 0 : pairs->second));
  }
  line("corpus", fmt::format("{} inputs", with_commas(status.corpus)));
  line("failures",
       fmt::format("{} crashes, {} time-outs, {} different", with_commas(status.crashes),
                   with_commas(status.time_outs), status.failure_buckets));
  if (status.flaky > 0) {
    line("flaky", fmt::format("{} pairs", status.flaky));
  }
  line("last new", status.last_news_run == 0
                       ? "never"
                       : fmt::format("after run {}, {:.1f} s", with_commas(status.last_news_run),
                                     status.last_news_s));
  // Only campaigns with `until: converged` make attempts.
  for (const auto& replicate :
       status.by_attempts ? status.replicates : std::vector<ReplicateStatus>{}) {
    const std::string name =
        status.replicates.size() > 1 ? fmt::format("replicate {}", replicate.number) : "search";
    const bool passed =
        replicate.attempt && replicate.attempt->state == stats::Attempt::State::passed;
    line(name, passed ? attempt_text(replicate)
                      : fmt::format("{}; {} of {} runs without a new call before the next",
                                    attempt_text(replicate),
                                    std::min(replicate.quiet, replicate.quiet_needed),
                                    replicate.quiet_needed));
  }
  if (status.runs_to_95_percent && *status.runs_to_95_percent > 0) {
    line("estimate",
         fmt::format("about {} more runs to reach 95 % of the estimated calls",
                     with_commas(static_cast<std::uint64_t>(*status.runs_to_95_percent) + 1)));
  }
  return text + "  " + printable(status.statement) + "\n";
}

std::string status_json(const CampaignStatus& status) {
  nlohmann::ordered_json json = {{"schema", "harness-status/1"},
                                 {"directory", json_text(status.directory)},
                                 {"campaign", json_text(status.name)},
                                 {"running", status.running},
                                 {"converged", status.converged},
                                 {"elapsed_s", status.elapsed_s},
                                 {"runs", status.runs},
                                 {"incomplete_runs", status.incomplete_runs},
                                 {"pairs", status.pairs},
                                 {"corpus", status.corpus},
                                 {"crashes", status.crashes},
                                 {"time_outs", status.time_outs},
                                 {"flaky", status.flaky},
                                 {"last_news_run", status.last_news_run},
                                 {"last_news_s", status.last_news_s},
                                 {"statement", json_text(status.statement)}};
  json["runs_to_95_percent"] =
      status.runs_to_95_percent ? nlohmann::ordered_json(*status.runs_to_95_percent) : nullptr;
  json["replicates"] = nlohmann::ordered_json::array();
  for (const auto& replicate : status.replicates) {
    nlohmann::ordered_json entry = {{"number", replicate.number},
                                    {"runs", replicate.runs},
                                    {"quiet_runs", replicate.quiet},
                                    {"quiet_runs_needed", replicate.quiet_needed}};
    if (replicate.attempt) {
      entry["attempt"] = {{"number", replicate.attempt->number},
                          {"planned_runs", replicate.attempt->planned_runs},
                          {"runs", replicate.attempt->runs},
                          {"news", replicate.attempt->news},
                          {"complete", replicate.attempt->complete()}};
    }
    json["replicates"].push_back(std::move(entry));
  }
  return tame_json(json.dump(2)) + "\n";
}

} // namespace harness::analysis
