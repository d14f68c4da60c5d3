// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/help.hpp"

#include "harness/cli/option_table.hpp"
#include "reports/wrap.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace harness::cli {

namespace {

/// "-o, --output FILE"; blanks stand for a missing short name, so that long names align.
std::string left_side(const OptionHelp& entry) {
  if (!entry.operand.empty()) {
    return entry.operand;
  }
  const bool has_short = !entry.names.front().starts_with("--");
  return fmt::format("{}{}{}", has_short ? "" : "    ", fmt::join(entry.names, ", "),
                     entry.value.empty() ? "" : " " + entry.value);
}

/// With a capital, unless it begins with the values that the option takes: "auto, screen, …".
std::string sentence(std::string text) {
  const auto end = text.find_first_of(" ,;:");
  if (!text.empty() && (end == std::string::npos || text[end] == ' ')) {
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  return text;
}

std::string lines_of(const std::vector<OptionHelp>& all, bool operands, std::size_t width,
                     int columns) {
  std::string text;
  for (const auto& entry : all) {
    if (entry.operand.empty() == operands) {
      continue;
    }
    const std::string left = left_side(entry);
    const std::size_t indent = width + 4;
    text += left.size() > width ? fmt::format("  {}\n{:{}}", left, "", indent)
                                : fmt::format("  {:<{}}  ", left, width);
    text += reports::wrap(sentence(entry.description), columns, indent) + "\n";
  }
  return text;
}

} // namespace

std::string help_of(const Command& command, int columns) {
  const auto all = option_help(command);
  constexpr std::size_t widest = 26; // a longer one has a line of its own
  std::size_t width = 0;
  for (const auto& entry : all) {
    const std::size_t size = left_side(entry).size();
    width = std::max(width, size <= widest ? size : 0);
  }
  std::string text = fmt::format("{}\n\nUsage: {}\n", reports::wrap(command.summary, columns, 0),
                                 reports::wrap(synopsis_of(command), columns, 7 + 8));
  const std::string operands = lines_of(all, true, width, columns);
  text += operands.empty() ? "" : "\n" + operands;
  return text + fmt::format("\nOptions:\n{}\nExamples:\n{}", lines_of(all, false, width, columns),
                            command.examples);
}

} // namespace harness::cli
