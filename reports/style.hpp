// Style: how text looks on a given terminal. Pure value. Whether colors are used is decided in one
// place, from facts about the terminal. Color never is the only carrier of information.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace harness::reports {

/// What a piece of text is, not how it looks.
enum class Role {
  plain,
  heading, // bold
  good,    // green
  warning, // yellow
  bad,     // red
  faint,   // secondary text
  accent,  // names that the eye looks for
};

struct Style {
  bool color = false;
  bool unicode = false; // bars and dots beyond ASCII
  int columns = 80;     // of the terminal; text is fitted to it

  /// `text` in the color of `role`; `text` itself without color. Escapes nothing.
  std::string paint(Role role, std::string_view text) const;
};

/// What decides about the style. Null means that the environment variable is not set.
struct TerminalFacts {
  bool is_terminal = false;
  int columns = 80;
  const char* no_color = nullptr;    // NO_COLOR: set and not empty switches color off
  const char* force_color = nullptr; // CLICOLOR_FORCE: set, not empty and not "0" switches it on
  const char* term = nullptr;        // TERM: "dumb" has no color
  const char* locale = nullptr;      // the first set of LC_ALL, LC_CTYPE, LANG
};
Style style_of(const TerminalFacts& facts);

/// Columns that valid UTF-8 takes on a terminal: combining marks none, East Asian wide ones two.
int display_width(std::string_view text);
/// `text` filled with blanks up to `columns`, on the right (or on the left: `pad_left`).
std::string pad(std::string_view text, int columns);
std::string pad_left(std::string_view text, int columns);
/// `text` if it fits, else its beginning and "…" ("..." without unicode).
std::string fit(std::string_view text, int columns, bool unicode = true);

} // namespace harness::reports
