#include "harness/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <numeric>

namespace harness {

namespace {

/// Length of the valid UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  if (text.empty()) {
    return 0;
  }
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first <= 0xdf) {
    return continues(1) ? 2 : 0;
  }
  if (first >= 0xe0 && first <= 0xef) {
    if (!continues(1) || !continues(2)) {
      return 0;
    }
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!continues(1) || !continues(2) || !continues(3)) {
      return 0;
    }
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool too_high = first == 0xf4 && byte(1) > 0x8f;
    return overlong || too_high ? 0 : 4;
  }
  return 0;
}

/// Appends \xHH; by hand, because inputs consist of such bytes by the thousand.
void append_hex(std::string& out, unsigned char byte) {
  static constexpr char digits[] = "0123456789abcdef";
  const char escaped[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  out.append(escaped, sizeof escaped);
}

/// Printable ASCII that stands for itself wherever it is.
bool is_ordinary(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/// Copies `text` to `out` with everything escaped that `safe` is not.
std::string escape(std::string_view text, bool quotes) {
  std::string out;
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_ordinary);
    out.append(text.begin(), end);
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    if (text.empty()) {
      break;
    }
    const auto c = static_cast<unsigned char>(text.front());
    const std::size_t length = utf8_length(text);
    // U+0080..U+009F are control characters too (terminals act on them).
    const bool c1_control = length == 2 && c == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    if (quotes && c == '\n') {
      out += "\\n";
    } else if (quotes && c == '\r') {
      out += "\\r";
    } else if (quotes && c == '\t') {
      out += "\\t";
    } else if (quotes && (c == '"' || c == '\\')) {
      out += '\\';
      out += static_cast<char>(c);
    } else if (length == 0 || c < 0x20 || c == 0x7f) {
      append_hex(out, c);
    } else if (c1_control) {
      append_hex(out, c);
      append_hex(out, static_cast<unsigned char>(text[1]));
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length - 1);
    }
    text.remove_prefix(1);
  }
  return out;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_./:=,+@%^-").find(c) != std::string_view::npos;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

std::optional<Word> read_quoted(std::string_view text) {
  Word word;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\') {
      const auto end = std::min(text.find_first_of("\"\\", i), text.size());
      word.value.append(text, i, end - i);
      i = end - 1;
      continue;
    }
    if (++i >= text.size()) {
      return std::nullopt;
    }
    switch (text[i]) {
    case 'n':
      word.value += '\n';
      break;
    case 'r':
      word.value += '\r';
      break;
    case 't':
      word.value += '\t';
      break;
    case '0':
      word.value += '\0';
      break;
    case '"':
    case '\\':
      word.value += text[i];
      break;
    case 'x': {
      if (i + 2 >= text.size()) {
        return std::nullopt;
      }
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) {
        return std::nullopt;
      }
      word.value += static_cast<char>(high * 16 + low);
      i += 2;
      break;
    }
    default:
      return std::nullopt;
    }
  }
  if (i >= text.size()) {
    return std::nullopt;
  }
  word.length = i + 1;
  return word;
}

} // namespace

std::string quote(std::string_view bytes) {
  return '"' + escape(bytes, true) + '"';
}

std::string quote_if_needed(std::string_view bytes) {
  const bool plain = !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), is_plain);
  return plain ? std::string(bytes) : quote(bytes);
}

std::optional<Word> read_word(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  if (text.front() == '"') {
    return read_quoted(text);
  }
  const auto end = std::min(text.find_first_of(" \t\""), text.size());
  return Word{std::string(text.substr(0, end)), end};
}

std::optional<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> words;
  for (;;) {
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) {
      return words;
    }
    line.remove_prefix(start);
    auto word = read_word(line);
    if (!word) {
      return std::nullopt;
    }
    line.remove_prefix(word->length);
    if (!line.empty() && line.front() != ' ' && line.front() != '\t') {
      return std::nullopt; // "a"b: two words that touch
    }
    words.push_back(std::move(word->value));
  }
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (;;) {
    const auto end = text.find(separator);
    pieces.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return pieces;
    }
    text.remove_prefix(end + 1);
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const auto start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) {
    return {};
  }
  return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) {
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t magnitude = 0;
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
  constexpr auto highest = static_cast<std::uint64_t>(INT64_MAX);
  if (text.empty() || status != std::errc{} || end != text.data() + text.size() ||
      magnitude > highest + (negative ? 1 : 0)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

std::optional<Duration> parse_duration(std::string_view text) {
  double value = 0;
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (status != std::errc{}) {
    return std::nullopt;
  }
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double factor = 0;
  if (unit.empty() || unit == "s") {
    factor = 1;
  } else if (unit == "us") {
    factor = 1e-6;
  } else if (unit == "ms") {
    factor = 1e-3;
  } else if (unit == "m" || unit == "min") {
    factor = 60;
  } else if (unit == "h") {
    factor = 3600;
  } else if (unit == "d") {
    factor = 86400;
  } else {
    return std::nullopt;
  }
  const double total = value * factor;
  if (!std::isfinite(total) || total < 0 || total > 3.2e9) {
    return std::nullopt;
  }
  return Duration(std::llround(total * 1e9)); // 7us * 1e-6 * 1e9 is just below 7000
}

std::string format_duration(Duration duration) {
  const double total = seconds(duration);
  const auto form = [](double value, std::string_view unit) {
    std::string text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0")) {
      text.resize(text.size() - 2);
    }
    return text + std::string(unit);
  };
  if (total < 0.001) {
    return form(total * 1e6, "us");
  }
  if (total < 1) {
    return form(total * 1e3, "ms");
  }
  if (total < 120) {
    return form(total, "s");
  }
  if (total < 7200) {
    return form(total / 60, "m");
  }
  return form(total / 3600, "h");
}

std::optional<std::uint64_t> parse_size_bytes(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{}) {
    return std::nullopt;
  }
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.ends_with("iB")) {
    unit.remove_suffix(2);
  }
  int shift = 0;
  if (unit == "K" || unit == "k") {
    shift = 10;
  } else if (unit == "M") {
    shift = 20;
  } else if (unit == "G") {
    shift = 30;
  } else if (!unit.empty()) {
    return std::nullopt;
  }
  if (value > (UINT64_MAX >> shift)) {
    return std::nullopt;
  }
  return value << shift;
}

namespace {
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}
} // namespace

std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> known) {
  std::optional<std::string> nearest;
  std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text) {
  return escape(text, false);
}

std::string with_commas(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3) {
    digits.insert(static_cast<std::size_t>(place), ",");
  }
  return digits;
}

} // namespace harness
