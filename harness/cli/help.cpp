#include "harness/cli/help.hpp"

#include "harness/cli/option_table.hpp"
#include "reports/wrap.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace harness::cli {

namespace {

/// "-o, --output FILE"; blanks stand for a short name that is not there, so that long ones align.
std::string left_side(const OptionWords& words) {
  if (!words.operand.empty()) {
    return words.operand;
  }
  const bool has_short = !words.names.front().starts_with("--");
  return fmt::format("{}{}{}", has_short ? "" : "    ", fmt::join(words.names, ", "),
                     words.value.empty() ? "" : " " + words.value);
}

/// With a capital, unless it begins with the words that the option takes: "auto, screen, …".
std::string sentence(std::string text) {
  const auto end = text.find_first_of(" ,;:");
  if (!text.empty() && (end == std::string::npos || text[end] == ' ')) {
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  return text;
}

std::string lines_of(const std::vector<OptionWords>& all, bool operands, std::size_t width,
                     int columns) {
  std::string text;
  for (const auto& words : all) {
    if (words.operand.empty() == operands) {
      continue;
    }
    const std::string left = left_side(words);
    const std::size_t indent = width + 4;
    text += left.size() > width ? fmt::format("  {}\n{:{}}", left, "", indent)
                                : fmt::format("  {:<{}}  ", left, width);
    text += reports::wrap(sentence(words.description), columns, indent) + "\n";
  }
  return text;
}

} // namespace

std::string help_of(const Command& command, int columns) {
  const auto all = words_of(command);
  constexpr std::size_t widest = 26; // a longer one has a line of its own
  std::size_t width = 0;
  for (const auto& words : all) {
    const std::size_t size = left_side(words).size();
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
