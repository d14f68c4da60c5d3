// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/finish.hpp"

#include "harness/campaign/campaign_policy.hpp"
#include "harness/store/shard_shares.hpp"
#include "harness/store/summary.hpp"
#include "reports/formats.hpp"
#include "reports/view.hpp"

namespace harness::campaign {

CampaignSummary summarize_campaign(const Holdings& holdings, const Ending& ending) {
  CampaignSummary summary = store::summarize(holdings.plan, holdings.directory, holdings.state);
  summary.stop_reason = ending.stop_reason;
  summary.shards = store::shard_shares(holdings.state, holdings.notes);
  if (auto missing = store::missing_shards(holdings.notes); !missing.empty()) {
    summary.not_established.push_back(std::move(missing));
  }
  if (holdings.plan.explore.until == Until::quiet) {
    summary.converged = ending.reached_goal; // the plan's own rule; `statement` says what it proves
  }
  summary.environment = holdings.environment;
  summary.plan_file = ending.plan_file;
  for (const auto& [phase, place] : ending.places.phases) {
    summary.phase_lines[phase] = place.line;
  }
  summary.target_line = ending.places.target.line;
  if (ending.baseline) {
    summary.baseline = ending.baseline->from;
    summary.changes = compare(*ending.baseline, summary.profile);
  }
  summary.policy = plain_policy(summary);
  summary.exit_status = gate_bits(summary);
  return summary;
}

int gate_bits(const CampaignSummary& summary) {
  int bits = 0;
  for (const auto& gate : reports::View(summary).gates) {
    bits |= gate.applies && !gate.passed ? gate.bit : 0;
  }
  return bits;
}

Result<> write_reports(const store::WorkDir& directory, const CampaignSummary& summary) {
  for (const auto& format : reports::formats()) {
    const std::string file = directory.path() + "/" + std::string(format.file_name);
    if (auto written = directory.write(file, format.render(summary)); !written) {
      return written;
    }
  }
  // For an unfinished campaign, a policy is written only on request: harness policy.
  return summary.converged && summary.policy ? write_policies(directory, *summary.policy) : Done{};
}

} // namespace harness::campaign
