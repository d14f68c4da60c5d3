// Dictionary: words that matter to a target: those of its plan, and strings that it showed (paths
// that it opened, names that it asked for). Limited in size, in a fixed order, without duplicates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace harness::mutators {

class Dictionary {
public:
  static constexpr std::size_t max_words = 4096;
  static constexpr std::size_t max_bytes = 256; // of one word

  Dictionary() = default;
  explicit Dictionary(std::span<const std::string> words);

  /// True if `word` is new. Not taken: empty words, longer than max_bytes, any once it is full.
  bool add(std::string_view word);
  std::span<const std::string> words() const { return words_; }
  bool empty() const { return words_.empty(); }

private:
  std::vector<std::string> words_; // in the order in which they came
  std::unordered_set<std::string> known_;
};

/// One word a line, plain or quoted as in the text form of inputs; AFL's NAME="WORD" lines are read
/// too; # begins a comment. Throws UserError with `file` and the line.
std::vector<std::string> parse_dictionary(std::string_view text, const std::string& file);

} // namespace harness::mutators
