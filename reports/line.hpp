// Line: pieces of text with roles, cut to a width as a whole and colored afterwards, so that no
// escape sequence is cut. For screens. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/style.hpp"

#include <string>
#include <utility>
#include <vector>

namespace harness::reports {

class Line {
public:
  Line() = default;
  explicit Line(std::string text) { add(std::move(text)); }

  /// `text` must be visible (escape.hpp).
  Line& add(std::string text, Role role = Role::plain);
  /// Blanks up to column `column`, at least one if anything is there.
  Line& to(int column);
  /// The other line after this one, from column `column` on; this one is cut before it.
  Line& beside(const Line& other, int column);

  int width() const;
  bool empty() const { return pieces_.empty(); }
  std::string text(int columns, const Style& style) const;

private:
  std::vector<std::pair<std::string, Role>> pieces_;
};

/// A bar of `columns` of which `share` (0 to 1) is full.
std::string meter(double share, int columns, const Style& style);

} // namespace harness::reports
