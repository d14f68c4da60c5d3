// SPDX-License-Identifier: Apache-2.0
#include "sandbox/root_path.hpp"

#include "core/base/text.hpp"

#include <filesystem>
#include <vector>

namespace harness::sandbox {

namespace fs = std::filesystem;

namespace {

/// What is still to be walked, the next part last.
void add_parts(std::vector<std::string>& parts, const std::string& path) {
  auto more = split(path, '/');
  parts.insert(parts.end(), more.rbegin(), more.rend());
}

} // namespace

std::optional<std::string> path_in_root(const std::string& root, const std::string& path) {
  if (root.empty()) {
    return path;
  }
  constexpr int max_links = 40; // as the kernel
  fs::path real = "/";
  std::vector<std::string> parts;
  add_parts(parts, path);
  for (int links = 0; !parts.empty();) {
    const std::string part = parts.back();
    parts.pop_back();
    if (part.empty() || part == ".") {
      continue;
    }
    if (part == "..") {
      real = real.parent_path();
      continue;
    }
    const fs::path on_host = root + (real / part).string();
    std::error_code problem;
    const auto status = fs::symlink_status(on_host, problem);
    if (problem || !fs::exists(status)) {
      return std::nullopt;
    }
    if (!fs::is_symlink(status)) {
      real /= part;
      continue;
    }
    const std::string link = fs::read_symlink(on_host, problem).string();
    if (problem || ++links > max_links) {
      return std::nullopt;
    }
    real = link.starts_with('/') ? "/" : real;
    add_parts(parts, link);
  }
  return root + real.string();
}

} // namespace harness::sandbox
