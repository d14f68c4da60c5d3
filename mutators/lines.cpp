// SPDX-License-Identifier: Apache-2.0
#include "mutators/lines.hpp"

#include "core/model/input_limits.hpp"
#include "core/model/input_text.hpp"

#include <algorithm>
#include <cctype>

namespace harness::mutators {

Result<FileNode> node_from_words(const std::vector<std::string>& words) {
  auto node = parse_file_node(words);
  if (node) {
    if (auto checked = check_input(Input{.files = {*node}}); !checked) {
      return std::move(checked).error();
    }
  }
  return node;
}

Result<Step> step_from_words(const std::vector<std::string>& words) {
  std::vector<std::string> line = words;
  const auto is_number = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  std::size_t first = 0;
  if (!line.empty() && line[0].starts_with('@') && is_number(std::string_view(line[0]).substr(1))) {
    first = 1;
  }
  if (first < line.size() && line[first].starts_with('@')) {
    line[first].erase(0, 1);
  } else {
    line.insert(line.begin() + static_cast<std::ptrdiff_t>(first), "command");
  }
  auto step = parse_step(line);
  if (step) {
    if (auto checked = check_input(Input{.script = {*step}}); !checked) {
      return std::move(checked).error();
    }
  }
  return step;
}

} // namespace harness::mutators
