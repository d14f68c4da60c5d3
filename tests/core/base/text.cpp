// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/base/random.hpp"
#include "core/base/text_block.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness;

TEST_CASE("quoting survives any byte") {
  Random random(test::property_seed("quoting survives any byte"));
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = random.bytes(random.below(40));
    const auto word = read_word(quote(bytes));
    REQUIRE(word);
    CHECK(word->value == bytes);
    CHECK(word->length == quote(bytes).size());
    CHECK(is_utf8(quote(bytes)));
  }
}

TEST_CASE("words of a line") {
  CHECK(split_words(R"(a "b c"  d)") == std::vector<std::string>{"a", "b c", "d"});
  CHECK(split_words("") == std::vector<std::string>{});
  CHECK_FALSE(split_words(R"("open)"));
  CHECK_FALSE(split_words(R"("a"b)"));
  CHECK(quote_if_needed("--color=auto") == "--color=auto");
  CHECK(quote_if_needed("") == "\"\"");
  CHECK(quote_if_needed("a b") == "\"a b\"");
}

TEST_CASE("numbers, durations and sizes") {
  CHECK(parse_integer("-12") == -12);
  CHECK(parse_integer("0x10") == 16);
  CHECK_FALSE(parse_integer("12x"));
  CHECK_FALSE(parse_integer(""));
  CHECK_FALSE(parse_integer("99999999999999999999"));
  CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
  CHECK(parse_duration("90s") == std::chrono::seconds(90));
  CHECK(parse_duration("10m") == std::chrono::minutes(10));
  CHECK(parse_duration("250ms") == std::chrono::milliseconds(250));
  CHECK_FALSE(parse_duration("-1s"));
  CHECK_FALSE(parse_duration("1e99"));
  CHECK_FALSE(parse_duration("soon"));
  CHECK(format_duration(std::chrono::milliseconds(1500)) == "1.5s");
  CHECK(parse_size_bytes("64K") == 65536);
  CHECK_FALSE(parse_size_bytes("99999999999G"));
}

TEST_CASE("nearest word") {
  const std::vector<std::string> known = {"explore", "replay", "report"};
  CHECK(nearest_word("explroe", known) == "explore");
  CHECK_FALSE(nearest_word("zzzzzzz", known));
}

TEST_CASE("hostile text is made printable") {
  CHECK(printable("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(printable("grün") == "grün");
  CHECK(printable("a\u202eb\u2028") == "a\\xe2\\x80\\xaeb\\xe2\\x80\\xa8");
  CHECK(printable_lines("a\n\tb\x1b\r") == "a\n\tb\\x1b\\x0d");
  CHECK(quote("\u202e") == "\"\u202e\""); // inputs keep the bytes that they were written with
}

TEST_CASE("thousands") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(18231) == "18,231");
  CHECK(with_commas(1234567) == "1,234,567");
}
