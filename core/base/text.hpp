// Text helpers: quoting that survives any byte, numbers, splitting, durations and sizes as people
// write them, and the nearest known word for "did you mean".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

/// `bytes` in double quotes; `"`, `\`, control bytes and every byte >= 0x80 that is not part of
/// valid UTF-8 are escaped (\n \r \t \\ \" \xHH). unquote(quote(x)) == x for all x.
std::string quote(std::string_view bytes);

/// `bytes` as they are when they are one plain word ([A-Za-z0-9_./:=,+@%^-]+), else quoted.
std::string quote_if_needed(std::string_view bytes);

/// One word from the start of `text` (plain or quoted) and what it used; nothing if malformed.
struct Word {
  std::string value;
  std::size_t length = 0;
};
std::optional<Word> read_word(std::string_view text);

/// All words of a line, separated by blanks; nothing if a quoted word is malformed.
std::optional<std::vector<std::string>> split_words(std::string_view line);

/// The pieces of `text` between `separator`s; "" gives one empty piece.
std::vector<std::string> split(std::string_view text, char separator);

std::string_view trim(std::string_view text);

/// The whole of `text` as a number: decimal, or hexadecimal after 0x; nothing if it is not one.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// "90s", "10m", "2h", "250ms", "1.5s"; a bare number is seconds. Nothing if it is none of these,
/// negative, or longer than 100 years.
std::optional<Duration> parse_duration(std::string_view text);
/// The shortest of those forms that keeps one decimal: "250ms", "1.5s", "10m".
std::string format_duration(Duration duration);

/// "512", "64K", "16M", "2G" (powers of 1024) in bytes.
std::optional<std::uint64_t> parse_size_bytes(std::string_view text);

/// The known word nearest to `word`, if it is near enough to be meant (edit distance <= 1/3).
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> known);

/// True if `text` is valid UTF-8.
bool is_utf8(std::string_view text);

/// `text` made safe for a terminal or a log: control bytes and invalid UTF-8 become \xHH.
std::string printable(std::string_view text);

/// `count` and its noun: "1 run", "18,231 runs".
std::string with_commas(std::uint64_t number);

} // namespace harness
