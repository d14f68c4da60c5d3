// SPDX-License-Identifier: Apache-2.0
#include "reports/style.hpp"

#include "reports/table.hpp"

#include <doctest/doctest.h>

using namespace harness::reports;

TEST_CASE("who may have color") {
  CHECK(style_of({.is_terminal = true, .term = "xterm"}).color);
  CHECK_FALSE(style_of({.is_terminal = false, .term = "xterm"}).color);
  CHECK_FALSE(style_of({.is_terminal = true, .no_color = "1"}).color);
  CHECK(style_of({.is_terminal = true, .no_color = ""}).color); // no-color.org: not empty
  CHECK_FALSE(style_of({.is_terminal = true, .term = "dumb"}).color);
  CHECK(style_of({.is_terminal = false, .force_color = "1"}).color);
  CHECK_FALSE(style_of({.is_terminal = false, .force_color = "0"}).color);
  CHECK_FALSE(style_of({.is_terminal = true, .no_color = "1", .force_color = "1"}).color);
  CHECK(style_of({.locale = "C.UTF-8"}).unicode);
  CHECK_FALSE(style_of({.locale = "C"}).unicode);
  CHECK(style_of({.columns = 0}).columns == 80);
}

TEST_CASE("width, filling and cutting count columns, not bytes") {
  CHECK(display_width("Grüße") == 5);
  CHECK(display_width("世界") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(pad("ü", 3) == "ü  ");
  CHECK(pad_left("ü", 3) == "  ü");
  CHECK(pad("long", 2) == "long");
  CHECK(fit("abcdef", 4) == "abc…");
  CHECK(fit("abcdef", 4, false) == "a...");
  CHECK(fit("世界世界", 5) == "世界…");
  CHECK(fit("abc", 3) == "abc");
  CHECK(fit("abc", 0) == "");
}

TEST_CASE("a table aligns its numbers and ends its lines without blanks") {
  Table table({{"calls", true}, {"errors", true}, {"call"}});
  table.add({{"1,204"}, {"3"}, {"openat"}});
  table.add({{"7"}, {""}, {"a_call_with_a_long_name"}});
  const Style plain{.columns = 25};
  CHECK(table.text(plain) == "  calls  errors  call\n"
                             "  1,204       3  openat\n"
                             "      7          a_cal...\n");
}

TEST_CASE("color adds escapes and nothing else") {
  const Style style{.color = true};
  CHECK(style.paint(Role::good, "yes") == "\x1b[32myes\x1b[0m");
  CHECK(style.paint(Role::plain, "yes") == "yes");
  CHECK(style.paint(Role::good, "").empty());
  CHECK(Style{}.paint(Role::bad, "no") == "no");
}
