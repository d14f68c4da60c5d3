// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/printed.hpp"

#include "core/model/digest.hpp"

#include <algorithm>

namespace harness::engine {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

} // namespace

std::string fold_numbers(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    const auto kind = is_alphanumeric(text.front()) ? is_alphanumeric
                      : is_blank(text.front())      ? is_blank
                                                    : nullptr;
    if (kind == nullptr) {
      folded += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto end = std::ranges::find_if_not(text, kind);
    const auto length = static_cast<std::size_t>(end - text.begin());
    const auto word = text.substr(0, length);
    if (kind == is_blank) {
      folded += ' ';
    } else {
      folded += std::ranges::any_of(word, is_digit) ? std::string_view("#") : word;
    }
    text.remove_prefix(length);
  }
  return folded;
}

Printed printed_of(std::string_view output) {
  return {sha256_hex(output), sha256_hex(fold_numbers(output))};
}

} // namespace harness::engine
