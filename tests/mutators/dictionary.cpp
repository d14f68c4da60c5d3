// SPDX-License-Identifier: Apache-2.0
#include "mutators/dictionary.hpp"
#include "core/base/user_error.hpp"

#include <doctest/doctest.h>

using namespace harness;
using mutators::Dictionary;

TEST_CASE("words stay in the order in which they came, each once") {
  Dictionary dictionary(std::vector<std::string>{"b", "a", "b"});
  CHECK(dictionary.add("c"));
  CHECK_FALSE(dictionary.add("a"));
  CHECK(std::vector(dictionary.words().begin(), dictionary.words().end()) ==
        std::vector<std::string>{"b", "a", "c"});
}

TEST_CASE("a dictionary is bounded") {
  Dictionary dictionary;
  CHECK_FALSE(dictionary.add(""));
  CHECK_FALSE(dictionary.add(std::string(Dictionary::max_bytes + 1, 'x')));
  for (std::size_t i = 0; i < Dictionary::max_words; ++i) {
    CHECK(dictionary.add(std::to_string(i)));
  }
  CHECK_FALSE(dictionary.add("one more"));
}

TEST_CASE("dictionary files hold a word a line, AFL's form too") {
  CHECK(mutators::parse_dictionary("# words\n\nplain\n\"a b\\n\"\nkw1=\"--all\"\n", "f") ==
        std::vector<std::string>{"plain", "a b\n", "--all"});
}

TEST_CASE("a bad dictionary line is named with its place") {
  try {
    mutators::parse_dictionary("good\n\"open\n", "words.dict");
    FAIL("accepted");
  } catch (const UserError& error) {
    CHECK(error.where().text() == "words.dict:2:1");
    CHECK(error.remedy().find("one word per line") != std::string::npos);
  }
}
