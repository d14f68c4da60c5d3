// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include <algorithm>

namespace harness::reports {

namespace {

constexpr Format table[] = {
    {"csv", "progress.csv", "the discovery curve, for a spreadsheet",
     [](const CampaignSummary& summary) { return curve_csv(summary.curve); }},
    {"html", "report.html", "a self-contained page", to_html},
    {"json", "report.json", "all data, with a published schema", to_json},
    {"junit", "junit.xml", "a test case for each phase and gate", to_junit},
    {"markdown", "report.md", "for the job summary of a CI system", to_markdown},
    {"matrix", "matrix.csv", "phases by calls, for a spreadsheet", matrix_csv},
    {"prometheus", "harness.prom", "for the text file collector of a node exporter", to_prometheus},
    {"sarif", "report.sarif", "calls outside the baseline, for code scanning", to_sarif},
};
static_assert(std::is_sorted(std::begin(table), std::end(table),
                             [](const Format& a, const Format& b) { return a.name < b.name; }));

} // namespace

std::span<const Format> formats() {
  return table;
}

const Format* find_format(std::string_view name) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [&](const Format& format) { return format.name == name; });
  return found == std::end(table) ? nullptr : found;
}

} // namespace harness::reports
