// The report as a JSON value: report.json is its text, and report.html contains it. The heavy JSON
// header stays in source files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/view.hpp"

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

namespace harness::reports {

/// A key of the report. The order of the table is the order in the file, and a contract.
struct ReportField {
  std::string_view key;
  nlohmann::ordered_json (*value)(const View& view);
};
std::span<const ReportField> report_fields();

nlohmann::ordered_json report_json(const View& view);

} // namespace harness::reports
