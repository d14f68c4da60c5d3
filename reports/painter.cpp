// SPDX-License-Identifier: Apache-2.0
#include "reports/painter.hpp"

#include <fmt/format.h>

namespace harness::reports {

namespace {

/// Columns that the text takes; colors take none.
int shown_width(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size());
    } else {
      plain += text[i];
    }
  }
  return display_width(plain);
}

} // namespace

std::string Painter::begin() {
  last_.clear();
  size_ = {0, 0};
  return "\x1b[?1049h\x1b[?25l\x1b[?7l"; // alternate screen, no cursor, no wrapping
}

std::string Painter::paint(const std::vector<std::string>& lines, ScreenSize size) {
  const bool whole = size.columns != size_.columns || size.rows != size_.rows;
  std::string changed;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!whole && i < last_.size() && last_[i] == lines[i]) {
      continue;
    }
    // Erase what the old line had beyond the new one, after writing it: erasing first flickers
    // where synchronized updates are unknown. A full line leaves nothing to erase.
    const bool full = shown_width(lines[i]) >= size.columns;
    changed += fmt::format("\x1b[{};1H{}{}", i + 1, lines[i], full ? "" : "\x1b[K");
  }
  last_ = lines;
  size_ = size;
  if (changed.empty() && !whole) {
    return "";
  }
  return fmt::format("\x1b[?2026h{}{}\x1b[?2026l", whole ? "\x1b[2J" : "", changed);
}

std::string Painter::end() {
  return "\x1b[?7h\x1b[?25h\x1b[?1049l";
}

} // namespace harness::reports
