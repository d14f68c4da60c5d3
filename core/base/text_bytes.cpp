// The part of text.hpp that is about bytes: UTF-8, quoting, and what may be shown.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/base/text_block.hpp"

#include <algorithm>

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

/// Characters beyond ASCII that a viewer acts upon instead of showing them: C1, line and paragraph
/// separators, bidirectional embeddings, overrides and isolates, the byte order mark.
bool acts(std::string_view c) {
  if (c.size() == 2) {
    return c.front() == '\xc2' && static_cast<unsigned char>(c[1]) < 0xa0;
  }
  return (c >= "\u2028" && c <= "\u202e") || (c >= "\u2066" && c <= "\u2069") || c == "\u200e" ||
         c == "\u200f" || c == "\ufeff";
}

enum class Form {
  quoted, // as it stands between double quotes in an input: its bytes are a contract
  line,
  lines,
};

/// `text` with everything escaped that would not be shown as itself.
std::string escape(std::string_view text, Form form) {
  const bool quotes = form == Form::quoted;
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
    const std::string_view whole = text.substr(0, length);
    const bool acting = length > 1 && (length == 2 || !quotes) && acts(whole);
    if (quotes && c == '\n') {
      out += "\\n";
    } else if (quotes && c == '\r') {
      out += "\\r";
    } else if (quotes && c == '\t') {
      out += "\\t";
    } else if (quotes && (c == '"' || c == '\\')) {
      out += '\\';
      out += static_cast<char>(c);
    } else if (form == Form::lines && (c == '\n' || c == '\t')) {
      out += static_cast<char>(c);
    } else if (length == 0 || c < 0x20 || c == 0x7f) {
      append_hex(out, c);
    } else if (acting) {
      for (const char byte : whole) {
        append_hex(out, static_cast<unsigned char>(byte));
      }
    } else {
      out += whole;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
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
  return '"' + escape(bytes, Form::quoted) + '"';
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
  return escape(text, Form::line);
}

std::string printable_lines(std::string_view text) {
  return escape(text, Form::lines);
}

} // namespace harness
