// SPDX-License-Identifier: Apache-2.0
#include "reports/line.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cmath>

namespace harness::reports {

Line& Line::add(std::string text, Role role) {
  if (!text.empty()) {
    pieces_.emplace_back(std::move(text), role);
  }
  return *this;
}

Line& Line::to(int column) {
  const int used = width();
  const int least = used > 0 ? 1 : 0;
  return add(std::string(static_cast<std::size_t>(std::max(least, column - used)), ' '));
}

Line& Line::beside(const Line& other, int column) {
  std::vector<std::pair<std::string, Role>> cut;
  int room = column - 2; // two columns of air between the two
  for (auto& [text, role] : pieces_) {
    std::string part = fit(text, std::max(0, room));
    room -= display_width(part);
    cut.emplace_back(std::move(part), role);
  }
  pieces_ = std::move(cut);
  to(column);
  pieces_.insert(pieces_.end(), other.pieces_.begin(), other.pieces_.end());
  return *this;
}

int Line::width() const {
  int sum = 0;
  for (const auto& [text, role] : pieces_) {
    sum += display_width(text);
  }
  return sum;
}

std::string Line::text(int columns, const Style& style) const {
  std::string out;
  std::string pending_runs;
  int room = columns;
  for (const auto& [text, role] : pieces_) {
    const std::string part = fit(text, room, style.unicode);
    if (trim(part).empty()) { // blanks are pending_runs until something follows them
      pending_runs += part;
    } else {
      out += pending_runs + style.paint(role, part);
      pending_runs.clear();
    }
    room -= display_width(part);
    if (part.size() != text.size()) {
      break;
    }
  }
  return out;
}

std::string meter(double share, int columns, const Style& style) {
  const double bounded = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  const int full = static_cast<int>(bounded * columns);
  std::string bar;
  for (int i = 0; i < columns; ++i) {
    bar += style.unicode ? (i < full ? "━" : "─") : (i < full ? "#" : "-");
  }
  return bar;
}

} // namespace harness::reports
