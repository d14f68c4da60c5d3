#include "harness/campaign/sandbox_masks.hpp"

#include "harness/base/text.hpp"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>

namespace harness::campaign {

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

} // namespace

std::vector<Mask> masks_below(const std::string& directory, std::size_t limit) {
  std::vector<Mask> masks;
  std::error_code problem;
  fs::recursive_directory_iterator walk(directory, fs::directory_options::skip_permission_denied,
                                        problem);
  for (; !problem && walk != fs::recursive_directory_iterator{} && limit > 0; --limit) {
    const std::string path = walk->path().string();
    struct stat about {};
    if (::lstat(path.c_str(), &about) == 0 && !S_ISLNK(about.st_mode)) {
      const bool inside = S_ISDIR(about.st_mode);
      if (is_meeting_point(about) || is_secret(about)) {
        masks.push_back({path, inside});
        if (inside) {
          walk.disable_recursion_pending();
        }
      }
    }
    walk.increment(problem);
  }
  return masks;
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

} // namespace harness::campaign
