// Table: rows of cells as aligned text for the terminal. Pure; independent of campaigns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/style.hpp"

#include <string>
#include <vector>

namespace harness::reports {

struct Cell {
  std::string text; // visible already, without color
  Role role = Role::plain;
};

struct Column {
  std::string title;
  bool right = false; // numbers
};

class Table {
public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  /// A faint heading line and a line each row, every one with `indent` in front, no blanks at the
  /// end. The last column is cut at the terminal's edge unless `style.columns` is 0.
  std::string text(const Style& style, std::string_view indent = "  ") const;

private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

} // namespace harness::reports
