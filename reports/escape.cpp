// SPDX-License-Identifier: Apache-2.0
#include "reports/escape.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/base/text_block.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::reports {

namespace {

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

std::string markup(std::string_view bytes) {
  return replace_marks(printable(bytes));
}

std::string markup_lines(std::string_view bytes) {
  return replace_marks(printable_lines(bytes));
}

std::string markdown(std::string_view bytes) {
  std::string out;
  for (const char c : printable(bytes)) {
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
  const std::string text = printable(bytes);
  const bool plain = !text.empty() && text.find_first_of("`|<>&\\") == std::string::npos;
  return plain ? "`" + text + "`" : "<code>" + markdown(bytes) + "</code>";
}

std::string csv_field(std::string_view bytes) {
  std::string text = printable(bytes);
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
  for (const char c : printable(bytes)) {
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
  const bool acting = printable(bytes) != bytes;
  std::string out = acting ? "$'" : "'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'') {
      out += acting ? "\\'" : "'\\''";
    } else if (acting && (byte < 0x20 || byte >= 0x7f || c == '\\')) {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  return out + "'";
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
