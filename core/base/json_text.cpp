// SPDX-License-Identifier: Apache-2.0
#include "core/base/json_text.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness {

namespace {

/// Length of the valid UTF-8 sequence at the start of `bytes`, 0 if there is none.
std::size_t sequence_length(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return length <= bytes.size() && is_utf8(bytes.substr(0, length)) ? length : 0;
}

} // namespace

std::string json_text(std::string_view bytes) {
  if (is_utf8(bytes)) {
    return std::string(bytes);
  }
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    out += length > 0 ? std::string(bytes.substr(0, length)) : printable(bytes.substr(0, 1));
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string tame_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto first = static_cast<unsigned char>(json[i]);
    const std::size_t length = first == 0x7f ? 1 : first == 0xc2 ? 2 : first >= 0xe2 ? 3 : 0;
    const std::string_view c = json.substr(i, length);
    if (first == '\n' || length == 0 || c.size() < length || printable(c) == c) {
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

} // namespace harness
