// SPDX-License-Identifier: Apache-2.0
#include "reports/style.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>

namespace harness::reports {

namespace {

std::string_view code_of(Role role) {
  switch (role) {
  case Role::plain:
    return "";
  case Role::heading:
    return "\x1b[1m";
  case Role::good:
    return "\x1b[32m";
  case Role::warning:
    return "\x1b[33m";
  case Role::bad:
    return "\x1b[31m";
  case Role::faint:
    return "\x1b[2m";
  case Role::accent:
    return "\x1b[36m";
  }
  return "";
}

bool is_set(const char* value) {
  return value != nullptr && *value != '\0';
}

/// The code point at the start of `text`, which it takes away. Malformed bytes count as one column.
char32_t take(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc0 || length > text.size()) {
    text.remove_prefix(1);
    return first < 0x80 ? first : U'?';
  }
  char32_t point = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  }
  text.remove_prefix(length);
  return point;
}

struct Range {
  char32_t first, last;
};

bool is_in(char32_t point, const Range* begin, const Range* end) {
  return std::any_of(begin, end, [point](Range r) { return point >= r.first && point <= r.last; });
}

/// Own and not wcwidth(3), which depends on the locale of the process. Ranges: Unicode 15,
/// EastAsianWidth.txt (W, F) and general categories Mn and Cf, as far as names are likely to go.
int width_of(char32_t point) {
  static constexpr Range none[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                                   {0x610, 0x61a},   {0x64b, 0x65f},   {0x200b, 0x200f},
                                   {0x2060, 0x2064}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f},
                                   {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef}};
  static constexpr Range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                                   {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                                   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                                   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
                                   {0x20000, 0x3fffd}};
  if (is_in(point, std::begin(none), std::end(none))) {
    return 0;
  }
  return is_in(point, std::begin(wide), std::end(wide)) ? 2 : 1;
}

} // namespace

std::string Style::paint(Role role, std::string_view text) const {
  const std::string_view code = code_of(role);
  if (!color || code.empty() || text.empty()) {
    return std::string(text);
  }
  return fmt::format("{}{}\x1b[0m", code, text);
}

Style style_of(const TerminalFacts& facts) {
  Style style;
  style.columns = facts.columns > 0 ? facts.columns : 80;
  const bool dumb = facts.term != nullptr && std::strcmp(facts.term, "dumb") == 0;
  const bool forced = is_set(facts.force_color) && std::strcmp(facts.force_color, "0") != 0;
  style.color = !is_set(facts.no_color) && (forced || (facts.is_terminal && !dumb));
  const std::string_view locale = facts.locale != nullptr ? facts.locale : "";
  style.unicode =
      !dumb && (locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos);
  return style;
}

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    width += width_of(take(text));
  }
  return width;
}

std::string pad(std::string_view text, int columns) {
  return std::string(text) +
         std::string(static_cast<std::size_t>(std::max(0, columns - display_width(text))), ' ');
}

std::string pad_left(std::string_view text, int columns) {
  return std::string(static_cast<std::size_t>(std::max(0, columns - display_width(text))), ' ') +
         std::string(text);
}

std::string fit(std::string_view text, int columns, bool unicode) {
  if (display_width(text) <= columns) {
    return std::string(text);
  }
  const std::string_view mark = unicode ? "…" : columns >= 3 ? "..." : ".";
  const int room = columns - display_width(mark);
  if (room < 0) {
    return "";
  }
  std::string_view rest = text;
  int used = 0;
  while (!rest.empty()) {
    std::string_view next = rest;
    used += width_of(take(next));
    if (used > room) {
      break;
    }
    rest = next;
  }
  return std::string(text.substr(0, text.size() - rest.size())) + std::string(mark);
}

} // namespace harness::reports
