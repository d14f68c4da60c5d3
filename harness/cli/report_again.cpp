// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/report_again.hpp"

#include "harness/campaign/finish.hpp"
#include "harness/cli/style.hpp"
#include "harness/store/campaign_snapshot.hpp"
#include "reports/formats.hpp"

#include <cstdio>
#include <stdexcept>
#include <unistd.h>

namespace harness::cli {

namespace {

CampaignSummary summarize(const store::CampaignSnapshot& opened, const std::string& baseline) {
  auto ending = campaign::ending_of(opened.notes);
  if (!baseline.empty()) {
    ending.baseline = campaign::load_baseline(baseline);
  }
  return campaign::summarize_campaign(
      {opened.plan, opened.environment, opened.directory, opened.state, opened.notes}, ending);
}

} // namespace

CampaignSummary summary_again(const std::string& directory, const std::string& baseline) {
  return summarize(store::open_campaign(directory), baseline);
}

int report_again(const std::string& directory, const std::string& baseline) {
  const auto opened = store::open_campaign(directory);
  const CampaignSummary summary = summarize(opened, baseline);
  if (auto written = campaign::write_reports(opened.directory, summary); !written) {
    throw std::runtime_error(written.error().message);
  }
  std::fputs(reports::terminal_summary(summary, style_for(STDOUT_FILENO)).c_str(), stdout);
  return summary.exit_status;
}

} // namespace harness::cli
