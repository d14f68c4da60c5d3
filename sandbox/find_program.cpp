// SPDX-License-Identifier: Apache-2.0
#include "sandbox/find_program.hpp"

#include "core/base/text.hpp"
#include "sandbox/root_path.hpp"

#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::sandbox {

bool is_executable_file(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> find_program(const std::string& name, const std::string& root) {
  const char* own = std::getenv("PATH");
  const std::string directories =
      own != nullptr && root.empty() ? own : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
  for (const auto& directory : split(directories + ":/usr/sbin:/sbin:/usr/bin:/bin", ':')) {
    const std::string path = directory + "/" + name;
    const auto file = path_in_root(root, path);
    if (!directory.empty() && directory[0] == '/' && file && is_executable_file(*file)) {
      return path;
    }
  }
  return std::nullopt;
}

} // namespace harness::sandbox
