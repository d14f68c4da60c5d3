// SPDX-License-Identifier: Apache-2.0
#include "mutators/dictionary.hpp"

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"

#include <algorithm>

namespace harness::mutators {

Dictionary::Dictionary(std::span<const std::string> words) {
  for (const auto& word : words) {
    add(word);
  }
}

bool Dictionary::add(std::string_view word) {
  if (word.empty() || word.size() > max_bytes || words_.size() >= max_words ||
      !known_.emplace(word).second) {
    return false;
  }
  words_.emplace_back(word);
  return true;
}

std::vector<std::string> parse_dictionary(std::string_view text, const std::string& file) {
  std::vector<std::string> words;
  int number = 0;
  for (const auto& raw : split(text, '\n')) {
    ++number;
    std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#') {
      continue;
    }
    // AFL: name="word" or name@level="word"; the name is for people.
    if (const auto mark = line.find("=\""); mark != std::string_view::npos && line.front() != '"') {
      line.remove_prefix(mark + 1);
    }
    auto word = read_word(line);
    if (!word || word->length != line.size()) {
      throw UserError({file, number, 1}, "not a dictionary word",
                      "write one word per line: plain, or \"quoted\" with \\n \\\" \\\\ \\xHH");
    }
    if (word->value.empty() || word->value.size() > Dictionary::max_bytes) {
      throw UserError({file, number, 1},
                      "a dictionary word of " + std::to_string(word->value.size()) + " bytes",
                      "write 1 to " + std::to_string(Dictionary::max_bytes) + " bytes");
    }
    words.push_back(std::move(word->value));
  }
  return words;
}

} // namespace harness::mutators
