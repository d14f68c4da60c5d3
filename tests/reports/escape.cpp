// SPDX-License-Identifier: Apache-2.0
#include "reports/escape.hpp"

#include "core/base/json_text.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/base/text_block.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::reports;

TEST_CASE("whatever the bytes, a visible text is one tame line") {
  Random random(test::property_seed("visible texts"));
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = i == 0 ? test::hostile : random.bytes(random.below(60));
    CHECK(test::is_tame(printable(bytes)));
    CHECK(printable(bytes).find('\n') == std::string::npos);
    CHECK(test::is_tame(printable_lines(bytes)));
    CHECK(is_utf8(json_text(bytes)));
    for (const auto& text : {markup(bytes), markdown(bytes)}) {
      CHECK(test::is_tame(text));
      CHECK(text.find('<') == std::string::npos);
    }
    CHECK(markup(bytes).find('"') == std::string::npos);
    CHECK(script_json(json_text(bytes)).find("</") == std::string::npos);
  }
}

TEST_CASE("what is harmless stays as it is") {
  const std::string text = "Grüße, 世界 ./a-b_c=d";
  CHECK(printable(text) == text);
  CHECK(json_text(text) == text);
  CHECK(markup(text) == text);
  CHECK(printable("a\nb") == "a\\x0ab");
  CHECK(printable_lines("a\n\tb\x1b") == "a\n\tb\\x1b");
}

TEST_CASE("Markdown cells and code spans cannot be left") {
  CHECK(markdown("a|b<i>*x*") == "a\\|b&lt;i\\>\\*x\\*");
  CHECK(markdown_code("plain") == "`plain`");
  CHECK(markdown_code("a`b") == "<code>a\\`b</code>");
  CHECK(markdown_code("a|<b>") == "<code>a\\|&lt;b\\></code>");
  CHECK(markdown_code("") == "<code></code>");
}

TEST_CASE("CSV fields keep their place and are no formulas") {
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("a,\"b\"") == "\"a,\"\"b\"\"\"");
  CHECK(csv_field("=1+1") == "'=1+1");
  CHECK(csv_field("a\nb") == "a\\x0ab");
}

TEST_CASE("Prometheus labels and shell words") {
  CHECK(prometheus_label("a\"b\\c") == "a\\\"b\\\\c");
  CHECK(shell_word("redis.campaign") == "redis.campaign");
  CHECK(shell_word("it's $HOME") == "'it'\\''s $HOME'");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a'\n\\\x1b") == "$'a\\'\\012\\134\\033'");
}

TEST_CASE("JSON in a script element cannot end it") {
  CHECK(script_json("\"</script>\"") == "\"\\u003c/script\\u003e\"");
  CHECK(script_json("\"\u2028&\u2029\"") == "\"\\u2028\\u0026\\u2029\"");
  CHECK(tame_json("\"\u202e\x7f\u009b<ü€\"") == "\"\\u202e\\u007f\\u009b<ü€\"");
  CHECK(script_json("\"\u2027\"") == "\"\u2027\"");
}
