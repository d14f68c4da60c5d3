#include "reports/escape.hpp"

#include "harness/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::reports {

namespace {

/// Length of the valid UTF-8 sequence at the start of `bytes`, 0 if there is none.
std::size_t sequence_length(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return length <= bytes.size() && is_utf8(bytes.substr(0, length)) ? length : 0;
}

/// Characters that a viewer acts upon instead of showing them: C0, DEL, C1, line and paragraph
/// separators, bidirectional embeddings, overrides and isolates, the byte order mark.
bool acts(std::string_view c) {
  const auto first = static_cast<unsigned char>(c.front());
  if (c.size() == 1) {
    return first < 0x20 || first == 0x7f;
  }
  if (c.size() == 2) {
    return first == 0xc2 && static_cast<unsigned char>(c[1]) < 0xa0;
  }
  return (c >= "\u2028" && c <= "\u202e") || (c >= "\u2066" && c <= "\u2069") || c == "\u200e" ||
         c == "\u200f" || c == "\ufeff";
}

/// Copies `bytes`, with what `keep` refuses (given one character, or one byte that is no UTF-8)
/// as \xHH.
template <typename Keep> std::string copy(std::string_view bytes, Keep keep) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    const std::string_view c = bytes.substr(0, std::max<std::size_t>(length, 1));
    if (length > 0 && keep(c)) {
      out += c;
    } else {
      for (const char byte : c) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    }
    bytes.remove_prefix(c.size());
  }
  return out;
}

std::string replace_marks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
    }
  }
  return out;
}

} // namespace

std::string json_text(std::string_view bytes) {
  return is_utf8(bytes) ? std::string(bytes) : copy(bytes, [](std::string_view) { return true; });
}

std::string visible(std::string_view bytes) {
  return copy(bytes, [](std::string_view c) { return !acts(c); });
}

std::string visible_lines(std::string_view bytes) {
  return copy(bytes, [](std::string_view c) { return c == "\n" || c == "\t" || !acts(c); });
}

std::string markup(std::string_view bytes) {
  return replace_marks(visible(bytes));
}

std::string markup_lines(std::string_view bytes) {
  return replace_marks(visible_lines(bytes));
}

std::string markdown(std::string_view bytes) {
  std::string out;
  for (const char c : visible(bytes)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (std::string_view("\\`*_{}[]()#+!|~>@").find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string markdown_code(std::string_view bytes) {
  // A span of backticks cannot escape anything, and tables split it at "|" all the same: only what
  // needs no escape goes there, the rest into the element that a span stands for.
  const std::string text = visible(bytes);
  const bool plain = !text.empty() && text.find_first_of("`|<>&\\") == std::string::npos;
  return plain ? "`" + text + "`" : "<code>" + markdown(bytes) + "</code>";
}

std::string csv_field(std::string_view bytes) {
  std::string text = visible(bytes);
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of("\",") == std::string::npos) {
    return text;
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"') {
      out += '"';
    }
  }
  return out + '"';
}

std::string prometheus_label(std::string_view bytes) {
  std::string out;
  for (const char c : visible(bytes)) {
    if (c == '\\' || c == '"') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string shell_word(std::string_view bytes) {
  const bool plain = !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./:=,+@%^-").find(c) != std::string_view::npos;
  });
  if (plain) {
    return std::string(bytes);
  }
  std::string out = "'";
  for (const char c : bytes) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string tame_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto first = static_cast<unsigned char>(json[i]);
    const std::size_t length = first == 0x7f ? 1 : first == 0xc2 ? 2 : first >= 0xe2 ? 3 : 0;
    const std::string_view c = json.substr(i, length);
    if (first == '\n' || length == 0 || c.size() < length || !acts(c)) {
      out += json[i];
      continue;
    }
    const auto low = [&](std::size_t k) { return static_cast<unsigned>(c[k]) & 0x3fU; };
    const unsigned point = length == 1   ? first
                           : length == 2 ? (first & 0x1fU) << 6 | low(1)
                                         : (first & 0x0fU) << 12 | low(1) << 6 | low(2);
    out += fmt::format("\\u{:04x}", point);
    i += length - 1;
  }
  return out;
}

std::string script_json(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (const char c : tame_json(json)) {
    if (c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

} // namespace harness::reports
