// SPDX-License-Identifier: Apache-2.0
#include "sandbox/image.hpp"

#include "core/base/fd.hpp"
#include "sandbox/container_engine.hpp"
#include "sandbox/helper_process.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace harness::sandbox {

namespace fs = std::filesystem;

namespace {

fs::path cache(const SourceLocation& where) {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (cache != nullptr && cache[0] == '/') {
    return fs::path(cache) / "harness/images";
  }
  if (home != nullptr && home[0] == '/') {
    return fs::path(home) / ".cache/harness/images";
  }
  throw UserError(where, "there is no place to unpack the image to",
                  "set HOME or XDG_CACHE_HOME to a directory of yours");
}

void unpack(const std::string& archive, const std::string& directory) {
  // Devices are the sandbox's own, and only root could make them.
  const auto end = run_helper({"tar", "--extract", "--file", archive, "--directory", directory,
                               "--preserve-permissions", "--numeric-owner", "--anchored",
                               "--exclude=dev/*", "--exclude=./dev/*"},
                              {.stream = STDERR_FILENO, .quiet = true, .max_bytes = 4096});
  if (!end || !end->good) {
    throw std::runtime_error(fmt::format("unpack the image into {}: tar: {}", directory,
                                         end ? end->said : end.error().message));
  }
}

/// A directory of that name is whole: it gets its name at the end, when its files are on disk.
void make_root(const StoredImage& image, const fs::path& root) {
  const fs::path fresh = root.string() + ".new";
  fs::remove_all(fresh); // of a killed process
  fs::create_directory(fresh);
  const fs::path archive = fresh / "files.tar";
  const fs::path files = fresh / "files";
  fs::create_directory(files);
  export_image(image, "harness-" + image.sha256.substr(0, 16), archive);
  unpack(archive, files);
  const auto directory = open_file(files, O_RDONLY | O_DIRECTORY);
  if (!directory || ::syncfs(directory->get()) != 0) {
    throw std::runtime_error(fmt::format("unpack the image into {}: not saved", files.string()));
  }
  fs::rename(files, root);
  fs::remove_all(fresh);
}

} // namespace

void open_image(TargetPlan& target, const SourceLocation& where) {
  if (target.image.empty() || !target.root.empty()) {
    return;
  }
  const StoredImage image = find_image(target.image, where);
  const fs::path images = cache(where);
  const fs::path root = images / image.sha256;
  if (!fs::is_directory(root)) {
    fs::create_directories(images);
    fs::permissions(images, fs::perms::owner_all); // it holds what others should not run
    // Several processes may want the same image at once: one unpacks it.
    const auto lock = open_file(root.string() + ".lock", O_RDWR | O_CREAT);
    if (!lock || ::flock(lock->get(), LOCK_EX) != 0) {
      throw std::runtime_error(fmt::format("unpack the image: {} can't be locked", root.string()));
    }
    if (!fs::is_directory(root)) {
      make_root(image, root);
    }
  }
  target.root = root;
}

std::string image_sha256(const TargetPlan& target) {
  return target.image.empty() ? "" : fs::path(target.root).filename().string();
}

} // namespace harness::sandbox
