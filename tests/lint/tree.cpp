// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/tree.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <filesystem>

namespace harness::lint {

namespace fs = std::filesystem;

namespace {

std::vector<SourceFile> read_tree() {
  std::vector<SourceFile> files;
  const fs::path root = test::source_root();
  for (fs::recursive_directory_iterator walk(root); walk != fs::recursive_directory_iterator{};
       ++walk) {
    const std::string name = walk->path().filename();
    const std::string path = walk->path().lexically_relative(root);
    if (walk->is_directory()) {
      if (path.starts_with("build") || name == ".git" || name == ".cache" ||
          name.ends_with(".campaign") || name == "__pycache__") {
        walk.disable_recursion_pending();
      }
      continue;
    }
    auto text = name == ".git" ? Result<std::string>(Error{}) : read_file(walk->path(), 1 << 20);
    if (text && is_utf8(*text)) {
      files.push_back({path, split(*text, '\n')});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

} // namespace

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_tree();
  return files;
}

std::string report(const std::vector<std::string>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += "\n" + finding;
  }
  return text;
}

} // namespace harness::lint
