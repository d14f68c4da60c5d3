// SPDX-License-Identifier: Apache-2.0
#include "reports/wrap.hpp"

#include "core/base/text.hpp"
#include "reports/style.hpp"

namespace harness::reports {

std::string wrap(std::string_view text, int columns, std::size_t indent) {
  std::string out;
  int used = static_cast<int>(indent);
  for (const auto& word : split(text, ' ')) {
    if (word.empty()) {
      continue;
    }
    const int width = display_width(word);
    if (used > static_cast<int>(indent) && used + 1 + width > columns) {
      out += "\n" + std::string(indent, ' ');
      used = static_cast<int>(indent);
    } else if (!out.empty()) {
      out += ' ';
      ++used;
    }
    out += word;
    used += width;
  }
  return out;
}

} // namespace harness::reports
