// SPDX-License-Identifier: Apache-2.0
#include "reports/table.hpp"

#include <algorithm>

namespace harness::reports {

namespace {

constexpr int gap = 2;

std::string line_of(const std::vector<Cell>& row, const std::vector<Column>& columns,
                    const std::vector<int>& widths, const Style& style, std::string_view indent) {
  std::string line(indent);
  int used = display_width(indent);
  int pending_runs = 0; // blanks that are written only if something follows
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool last = i + 1 == row.size();
    std::string text = row[i].text;
    if (last && style.columns > 0) {
      text = fit(text, std::max(8, style.columns - used), style.unicode);
    }
    const int fill = widths[i] - display_width(text);
    pending_runs += columns[i].right ? fill : 0;
    if (!text.empty()) {
      line += std::string(static_cast<std::size_t>(std::max(0, pending_runs)), ' ');
      line += style.paint(row[i].role, text);
      pending_runs = 0;
    }
    pending_runs += (columns[i].right ? 0 : fill) + gap;
    used += widths[i] + gap;
  }
  return line + "\n";
}

} // namespace

std::string Table::text(const Style& style, std::string_view indent) const {
  std::vector<int> widths;
  std::vector<Cell> titles;
  for (const auto& column : columns_) {
    widths.push_back(display_width(column.title));
    titles.push_back({column.title, Role::faint});
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  std::string text = line_of(titles, columns_, widths, style, indent);
  for (const auto& row : rows_) {
    text += line_of(row, columns_, widths, style, indent);
  }
  return text;
}

} // namespace harness::reports
