// SPDX-License-Identifier: Apache-2.0
#include "sandbox/sandbox_masks.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace harness::sandbox {

namespace fs = std::filesystem;

namespace {

/// Nobody but the owner and the group may look: at a directory's names or a file's bytes.
bool is_secret(const struct stat& about) {
  const mode_t everybody = S_ISDIR(about.st_mode) ? (S_IROTH | S_IXOTH) : S_IROTH;
  return (about.st_mode & everybody) != everybody;
}

bool is_meeting_point(const struct stat& about) {
  return S_ISSOCK(about.st_mode) || S_ISFIFO(about.st_mode);
}

/// What can't be looked at is hidden whole: others may change the tree meanwhile.
class MaskWalk {
public:
  explicit MaskWalk(std::size_t limit) : left_(limit) {}

  void enter(const std::string& directory) {
    const auto entries = list(directory);
    if (!entries) {
      masks_.push_back({directory, true});
      return;
    }
    for (const auto& path : *entries) {
      look_at(path);
    }
  }
  std::vector<Mask> take() { return std::move(masks_); }

private:
  /// Nothing if it can't be read to its end; a directory that has gone is empty.
  static std::optional<std::vector<std::string>> list(const std::string& directory) {
    std::vector<std::string> entries;
    std::error_code problem;
    fs::directory_iterator at(directory, problem);
    for (; !problem && at != fs::directory_iterator{}; at.increment(problem)) {
      entries.push_back(at->path().string());
    }
    const bool gone = problem == std::errc::no_such_file_or_directory;
    return problem && !gone ? std::nullopt : std::optional(std::move(entries));
  }

  void look_at(const std::string& path) {
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0) {
      if (errno != ENOENT) {
        masks_.push_back({path, false});
      }
      return;
    }
    if (S_ISLNK(about.st_mode)) {
      return;
    }
    const bool inside = S_ISDIR(about.st_mode);
    left_ -= left_ > 0 ? 1 : 0;
    if (is_meeting_point(about) || is_secret(about) || (inside && left_ == 0)) {
      masks_.push_back({path, inside});
    } else if (inside) {
      enter(path);
    }
  }

  std::size_t left_;
  std::vector<Mask> masks_;
};

} // namespace

std::vector<Mask> masks_below(const std::string& directory, std::size_t limit) {
  MaskWalk walk(limit);
  walk.enter(directory);
  return walk.take();
}

bool is_below(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || directory == "/" || path[directory.size()] == '/');
}

std::vector<std::string> sockets_below(std::string_view proc_net_unix,
                                       const std::vector<std::string>& shown) {
  std::vector<std::string> sockets;
  for (const auto& line : split(proc_net_unix, '\n')) {
    const auto slash = line.find(" /"); // names of abstract sockets begin with @
    if (slash == std::string::npos) {
      continue;
    }
    std::string path = line.substr(slash + 1);
    const bool visible = std::any_of(shown.begin(), shown.end(), [&](const auto& directory) {
      return is_below(path, directory);
    });
    std::error_code ignored;
    if (visible && fs::is_socket(path, ignored)) {
      sockets.push_back(std::move(path));
    }
  }
  std::sort(sockets.begin(), sockets.end());
  sockets.erase(std::unique(sockets.begin(), sockets.end()), sockets.end());
  return sockets;
}

} // namespace harness::sandbox
