// The commands that `harness --help` lists.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/text.hpp"
#include "tests/support/process.hpp"

#include <string>
#include <vector>

namespace harness::test {

/// A command's line has two blanks, its name and its summary. Lines of the usage and of the example
/// at the end name the program itself.
inline std::vector<std::string> listed_commands() {
  std::vector<std::string> names;
  for (const auto& line : split(run({.words = {harness_binary(), "--help"}}).output, '\n')) {
    const bool listed = line.starts_with("  ") && line.find(' ', 2) != std::string::npos;
    if (listed && line[2] != ' ' && !line.starts_with("  harness ")) {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
  }
  return names;
}

} // namespace harness::test
