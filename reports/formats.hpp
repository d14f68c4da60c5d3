// Every report as a pure function of a CampaignSummary, and the table of all of them, which the
// command line and the campaign directory use. Independent of files and terminals.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"
#include "reports/style.hpp"

#include <span>
#include <string>
#include <string_view>

namespace harness::reports {

/// report.json: names and order are a contract, documented in docs/report.schema.json.
std::string to_json(const CampaignSummary& summary);
/// report.html: one file that needs nothing else and no network.
std::string to_html(const CampaignSummary& summary);
/// report.md: for a job summary of a CI system.
std::string to_markdown(const CampaignSummary& summary);
/// junit.xml: a case for every phase and gate.
std::string to_junit(const CampaignSummary& summary);
/// SARIF 2.1.0: calls outside the baseline, located in the plan file.
std::string to_sarif(const CampaignSummary& summary);
/// Prometheus text exposition, for the text file collector of a node exporter.
std::string to_prometheus(const CampaignSummary& summary);
/// progress.csv: the discovery curve, a line each point and phase. A running campaign writes it
/// too.
std::string curve_csv(std::span<const CurvePoint> curve);
/// Phases × calls: a line each pair and executable.
std::string matrix_csv(const CampaignSummary& summary);
/// What `explore` and `report` print at the end.
std::string terminal_summary(const CampaignSummary& summary, const Style& style);

/// A report that is a file.
struct Format {
  std::string_view name;      // as `harness report --format` takes it: "json"
  std::string_view file_name; // in the campaign directory: "report.json"
  std::string_view what;      // one line of help
  std::string (*render)(const CampaignSummary&);
};
std::span<const Format> formats();
/// Null if there is none of that name.
const Format* find_format(std::string_view name);

} // namespace harness::reports
