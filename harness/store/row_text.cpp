// SPDX-License-Identifier: Apache-2.0
#include "harness/store/row_text.hpp"

#include "core/base/text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace harness::store {

namespace {

std::uint64_t number(const std::string& word) {
  return static_cast<std::uint64_t>(parse_integer(word).value_or(0));
}

/// Calls `use(words)` for each line of exactly `count` words; other lines are of no use to anybody.
template <typename Use> void each_line(std::string_view text, std::size_t count, Use use) {
  for (const auto& line : split(text, '\n')) {
    const auto words = split_words(line);
    if (words && words->size() == count) {
      use(*words);
    }
  }
}

} // namespace

std::string words_text(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    text += (text.empty() ? "" : " ") + quote_if_needed(word);
  }
  return text;
}

std::vector<std::string> parse_words(std::string_view text) {
  return split_words(text).value_or(std::vector<std::string>{});
}

std::string backtrace_text(const std::vector<CodeLocation>& backtrace) {
  std::string text;
  for (const auto& place : backtrace) {
    text += fmt::format("{} {:#x} {}\n", quote_if_needed(place.module), place.offset_bytes,
                        quote_if_needed(place.symbol));
  }
  return text;
}

std::vector<CodeLocation> parse_backtrace(std::string_view text) {
  std::vector<CodeLocation> backtrace;
  each_line(text, 3, [&](const auto& words) {
    std::uint64_t offset = 0; // unsigned: kernel addresses don't fit a signed number
    const auto& digits = words[1];
    if (digits.size() > 2) {
      std::from_chars(digits.data() + 2, digits.data() + digits.size(), offset, 16);
    }
    backtrace.push_back({words[0], offset, words[2]});
  });
  return backtrace;
}

std::string pairs_text(const std::set<PairKey>& pairs) {
  std::string text;
  for (const auto& pair : pairs) {
    text += fmt::format("{} {} {} {}\n", quote_if_needed(pair.phase),
                        static_cast<std::uint32_t>(pair.call.arch), pair.call.number,
                        quote_if_needed(pair.executable));
  }
  return text;
}

std::set<PairKey> parse_pairs(std::string_view text) {
  std::set<PairKey> pairs;
  each_line(text, 4, [&](const auto& words) {
    pairs.insert({words[0],
                  {static_cast<AuditArch>(number(words[1])),
                   static_cast<std::int32_t>(parse_integer(words[2]).value_or(0))},
                  words[3]});
  });
  return pairs;
}

std::string counts_text(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += fmt::format("{} {}\n", quote_if_needed(name), count);
  }
  return text;
}

std::map<std::string, std::uint64_t> parse_counts(std::string_view text) {
  std::map<std::string, std::uint64_t> counts;
  each_line(text, 2, [&](const auto& words) { counts[words[0]] = number(words[1]); });
  return counts;
}

std::string tallies_text(const std::vector<stats::PhaseTally>& tallies) {
  std::string text;
  for (const auto& tally : tallies) {
    text += fmt::format("{} {}\n", tally.reached, tally.news);
  }
  return text;
}

std::vector<stats::PhaseTally> parse_tallies(std::string_view text) {
  std::vector<stats::PhaseTally> tallies;
  each_line(text, 2, [&](const auto& words) {
    tallies.push_back({.reached = number(words[0]), .news = number(words[1])});
  });
  return tallies;
}

std::string numbers_text(const std::vector<std::int64_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

std::vector<std::int64_t> parse_numbers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (const auto& word : parse_words(text)) {
    numbers.push_back(parse_integer(word).value_or(0));
  }
  return numbers;
}

} // namespace harness::store
