// SPDX-License-Identifier: Apache-2.0
#include "reports/json_parts.hpp"

#include "core/base/json_text.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace harness::reports {

nlohmann::ordered_json backtrace_json(std::span<const CodeLocation> backtrace) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& location : backtrace) {
    list.push_back({{"module", json_text(location.module)},
                    {"offset_bytes", location.offset_bytes},
                    {"symbol", json_text(location.symbol)}});
  }
  return list;
}

nlohmann::ordered_json text_array(std::span<const std::string> texts) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& text : texts) {
    list.push_back(json_text(text));
  }
  return list;
}

double rounded(double value, int digits) {
  const double factor = std::pow(10.0, digits);
  return std::round(value * factor) / factor;
}

} // namespace harness::reports
