#include "harness/campaign/finish.hpp"

#include "harness/store/summary.hpp"
#include "reports/formats.hpp"
#include "reports/view.hpp"

namespace harness::campaign {

CampaignSummary summarise_campaign(const Campaign& campaign, const Ending& ending) {
  CampaignSummary summary =
      store::summarise(campaign.plan, campaign.ledger.directory(), campaign.ledger.books());
  summary.stop_reason = ending.stop_reason;
  if (campaign.plan.explore.until == Until::quiet) {
    summary.converged = ending.reached_goal; // the plan's own rule; `statement` says what it proves
  }
  summary.environment = campaign.environment;
  summary.plan_file = ending.plan_file;
  summary.phase_lines = ending.places.phases;
  summary.target_line = ending.places.target;
  if (ending.baseline) {
    summary.baseline = ending.baseline->from;
    summary.changes = compare(*ending.baseline, summary.profile);
  }
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
  return Done{};
}

} // namespace harness::campaign
