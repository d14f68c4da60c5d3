// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tame.hpp"

#include "core/base/text.hpp"

namespace harness::test {

bool is_tame(const std::string& text) {
  if (!is_utf8(text)) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
      return false;
    }
    if (c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return false;
    }
  }
  return text.find("\u202e") == std::string::npos && text.find("\u2028") == std::string::npos;
}

} // namespace harness::test
