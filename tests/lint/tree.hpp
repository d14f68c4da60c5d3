// The source tree as the lints see it: files with their lines. Knows the tree's top directories.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace harness::lint {

struct SourceFile {
  std::string path; // from the root of the tree
  std::vector<std::string> lines;
  bool has_extension(std::string_view extension) const { return path.ends_with(extension); }
  bool is_below(std::string_view directory) const { return path.starts_with(directory); }
};

/// Every text file of the tree that belongs to the project: no build directory, no campaign.
const std::vector<SourceFile>& tree();

/// "path:line: problem" for each finding; what a lint's CHECK prints.
std::string report(const std::vector<std::string>& findings);

} // namespace harness::lint
