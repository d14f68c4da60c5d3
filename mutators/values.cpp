// SPDX-License-Identifier: Apache-2.0
#include "mutators/values.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <iterator>

namespace harness::mutators {

namespace {

constexpr std::string_view plain_words[] = {
    "a",  "b",     "x",   "name", "value", "0",    "1",    "-1", "42", "yes",
    "no", "on",    "off", "all",  "none",  "test", "true", "-",  "--", "65536",
    "C",  "UTF-8", "*",   "%s",   "/",     ".",    "..",   "foo"};

} // namespace

std::int64_t draw_integer(std::int64_t low, std::int64_t high, Random& random) {
  switch (random.below(6)) {
  case 0:
    return random.chance(1, 2) ? low : high;
  case 1: {
    // The neighbors of a power of two, where the range has it.
    const auto power = std::int64_t{1} << random.below(62);
    const auto near = power + random.between(-1, 1);
    return std::clamp(random.chance(1, 4) ? -near : near, low, high);
  }
  case 2:
    return std::clamp(random.between(-2, 16), low, high);
  default:
    return random.between(low, high);
  }
}

std::string draw_word(const Dictionary& dictionary, Random& random) {
  if (!dictionary.empty() && random.chance(1, 2)) {
    const auto& word = dictionary.words()[random.below(dictionary.words().size())];
    const bool one_word =
        word.find_first_of(" \t\n") == std::string::npos && word.find('\0') == std::string::npos;
    if (one_word) {
      return word;
    }
  }
  if (random.chance(1, 4)) {
    return std::to_string(draw_integer(INT32_MIN, INT32_MAX, random));
  }
  return std::string(plain_words[random.below(std::size(plain_words))]);
}

std::string draw_string(const Dictionary& dictionary, Random& random) {
  switch (random.below(8)) {
  case 0:
    return "";
  case 1:
    return draw_word(dictionary, random) + " " + draw_word(dictionary, random);
  case 2:
    return "naïve 日本 🙂";
  case 3:
    return "line\nnext\ttab\r";
  case 4:
    return "\xff\xfe\x80";
  case 5:
    return std::string(random.below(4000), random.chance(1, 2) ? 'A' : '%');
  default:
    return draw_word(dictionary, random);
  }
}

} // namespace harness::mutators
