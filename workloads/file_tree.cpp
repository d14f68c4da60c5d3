// SPDX-License-Identifier: Apache-2.0
#include "workloads/file_tree.hpp"

#include "core/base/text.hpp"
#include "core/model/entry_name.hpp"
#include "workloads/acl.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

constexpr unsigned default_directory_mode = 0755;
constexpr unsigned default_file_mode = 0644;

Result<Done> check(int returned, std::string_view step) {
  if (returned < 0) {
    return Error::from_errno(step, errno);
  }
  return Done{};
}

/// Devices that give nobody anything: null, zero, full, random, urandom, tty.
bool is_harmless_device(std::uint32_t major_number, std::uint32_t minor_number) {
  return (major_number == 1 &&
          (minor_number == 3 || minor_number == 5 || (minor_number >= 7 && minor_number <= 9))) ||
         (major_number == 5 && minor_number == 0);
}

class Builder {
public:
  Builder(int root, const TreeOptions& options) : root_(root), options_(options) {}

  void add(const FileNode& node) {
    auto place = find_place(root_, node.path, true, options_);
    if (!place) {
      report(node, place.error());
      return;
    }
    if (auto made = make(node, *place); !made) {
      report(node, made.error());
      return;
    }
    own(node, *place);
    attribute(node, *place);
    // Modes and times of directories wait until nothing more is put into them.
    if (is_directory(node)) {
      directories_.push_back(&node);
    } else {
      finish(node, *place);
    }
  }

  TreeOutcome done() && {
    for (auto node = directories_.rbegin(); node != directories_.rend(); ++node) {
      auto place = find_place(root_, (*node)->path, false, options_);
      if (!place) {
        report(**node, place.error());
        continue;
      }
      finish(**node, *place);
    }
    return std::move(outcome_);
  }

private:
  static bool is_directory(const FileNode& node) {
    return node.kind == FileNode::Kind::directory || node.kind == FileNode::Kind::file_system;
  }

  void report(const FileNode& node, const Error& error) {
    outcome_.left_out.push_back(fmt::format("{}: {}", quote_if_needed(node.path), error.message));
  }

  /// Makes way for the node; what is there already goes, unless it is a directory.
  Result<> clear(const Place& place) {
    if (::unlinkat(place.directory.get(), place.name.c_str(), 0) != 0 && errno != ENOENT) {
      return Error::from_errno("unlink", errno);
    }
    return Done{};
  }

  Result<> make(const FileNode& node, const Place& place) {
    const int at = place.directory.get();
    const char* name = place.name.c_str();
    if (!is_directory(node)) {
      if (auto cleared = clear(place); !cleared) {
        return cleared;
      }
    }
    switch (node.kind) {
    case FileNode::Kind::file:
      return make_file(node, place);
    case FileNode::Kind::directory:
    case FileNode::Kind::file_system:
      return make_directory(node, place);
    case FileNode::Kind::symlink:
      return check(::symlinkat(node.target.c_str(), at, name), "symlink");
    case FileNode::Kind::hard_link:
      return make_hard_link(node, place);
    case FileNode::Kind::fifo:
      return check(::mknodat(at, name, S_IFIFO | default_file_mode, 0), "mkfifo");
    case FileNode::Kind::socket:
      return check(::mknodat(at, name, S_IFSOCK | default_file_mode, 0), "mknod");
    case FileNode::Kind::device:
      return make_device(node, place);
    }
    return Error{"not a kind of node", EINVAL};
  }

  Result<> make_file(const FileNode& node, const Place& place) {
    const Fd file(::openat(place.directory.get(), place.name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                           default_file_mode));
    if (!file) {
      return Error::from_errno("create", errno);
    }
    if (auto written = write_all(file.get(), node.content); !written) {
      return written;
    }
    if (node.size_bytes > node.content.size()) {
      return check(::ftruncate(file.get(), static_cast<off_t>(node.size_bytes)), "truncate");
    }
    return Done{};
  }

  Result<> make_directory(const FileNode& node, const Place& place) {
    const int at = place.directory.get();
    const char* name = place.name.c_str();
    struct stat found {};
    if (::mkdirat(at, name, default_directory_mode) != 0 &&
        (errno != EEXIST || ::fstatat(at, name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
         !S_ISDIR(found.st_mode))) {
      return Error::from_errno("mkdir", EEXIST);
    }
    if (node.kind == FileNode::Kind::file_system) {
      outcome_.file_systems.push_back(node);
      return Done{};
    }
    return fill(node, place);
  }

  /// The empty files of `entries`.
  Result<> fill(const FileNode& node, const Place& place) {
    if (node.entries == 0) {
      return Done{};
    }
    const Fd directory(::openat(place.directory.get(), place.name.c_str(),
                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory) {
      return Error::from_errno("open", errno);
    }
    for (std::uint32_t i = 0; i < node.entries; ++i) {
      const auto name = entry_name(i);
      if (::mknodat(directory.get(), name.c_str(), S_IFREG | default_file_mode, 0) != 0 &&
          errno != EEXIST) {
        return Error::from_errno(fmt::format("entry {}", i), errno);
      }
      give(directory.get(), name.c_str(), options_.uid, options_.gid);
    }
    return Done{};
  }

  Result<> make_hard_link(const FileNode& node, const Place& place) {
    auto source = find_place(root_, node.target, false, options_);
    if (!source) {
      return std::move(source.error()).within("hard link to " + quote_if_needed(node.target));
    }
    return check(::linkat(source->directory.get(), source->name.c_str(), place.directory.get(),
                          place.name.c_str(), 0),
                 "hard link to " + quote_if_needed(node.target));
  }

  Result<> make_device(const FileNode& node, const Place& place) {
    if (!options_.confined && !is_harmless_device(node.device_major, node.device_minor)) {
      return Error{fmt::format("device {}:{} can be created only in the sandbox", node.device_major,
                               node.device_minor),
                   EPERM};
    }
    return check(::mknodat(place.directory.get(), place.name.c_str(), S_IFCHR | default_file_mode,
                           makedev(node.device_major, node.device_minor)),
                 "mknod");
  }

  static bool give(int at, const char* name, std::optional<std::uint32_t> uid,
                   std::optional<std::uint32_t> gid) {
    return (!uid && !gid) ||
           ::fchownat(at, name, uid.value_or(-1), gid.value_or(-1), AT_SYMLINK_NOFOLLOW) == 0;
  }

  void own(const FileNode& node, const Place& place) {
    if (node.kind == FileNode::Kind::hard_link && !node.uid && !node.gid) {
      return; // it is the linked file's own
    }
    const auto uid = node.uid ? node.uid : options_.uid;
    const auto gid = node.gid ? node.gid : options_.gid;
    if (!give(place.directory.get(), place.name.c_str(), uid, gid)) {
      report(node, Error::from_errno("chown", errno));
    }
  }

  void attribute(const FileNode& node, const Place& place) {
    // lsetxattr through the directory's descriptor: the last component is not followed.
    const auto path = fmt::format("/proc/self/fd/{}/{}", place.directory.get(), place.name);
    for (const auto& [name, value] : node.attributes) {
      std::string bytes = value;
      if (name.starts_with("system.posix_acl_")) {
        if (auto encoded = acl_bytes(value)) {
          bytes = std::move(*encoded);
        }
      }
      if (::lsetxattr(path.c_str(), name.c_str(), bytes.data(), bytes.size(), 0) != 0) {
        report(node, Error::from_errno("attribute " + quote_if_needed(name), errno));
      }
    }
  }

  void finish(const FileNode& node, const Place& place) {
    const int at = place.directory.get();
    const char* name = place.name.c_str();
    const bool link = node.kind == FileNode::Kind::symlink;
    if (node.mode && !link && node.kind != FileNode::Kind::hard_link) {
      unsigned mode = *node.mode & 07777U;
      if (!options_.confined && (mode & 06000U) != 0) {
        report(node, {"set-id bits can be set only in the sandbox", EPERM});
        mode &= 01777U;
      }
      // What lies here was made by us a moment ago, so it is no link that chmod could follow.
      if (::fchmodat(at, name, mode, 0) != 0) {
        report(node, Error::from_errno("chmod", errno));
      }
    }
    if (node.mtime_s) {
      const timespec time{static_cast<time_t>(*node.mtime_s), 0};
      const timespec both[2] = {time, time};
      if (::utimensat(at, name, both, AT_SYMLINK_NOFOLLOW) != 0) {
        report(node, Error::from_errno("set times", errno));
      }
    }
  }

  int root_;
  const TreeOptions& options_;
  TreeOutcome outcome_;
  std::vector<const FileNode*> directories_;
};

} // namespace

Result<Place> find_place(int root, const std::string& path, bool make, const TreeOptions& options) {
  Place place{Fd(::fcntl(root, F_DUPFD_CLOEXEC, 0)), ""};
  if (!place.directory) {
    return Error::from_errno("dup", errno);
  }
  for (auto& part : split(path, '/')) {
    if (part.empty() || part == ".") {
      continue;
    }
    if (part == ".." || part.find('\0') != std::string::npos) {
      return Error{"the path leaves the run directory or contains a NUL byte", EINVAL};
    }
    if (!place.name.empty()) {
      const int at = place.directory.get();
      const char* name = place.name.c_str();
      constexpr int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
      Fd next(::openat(at, name, flags));
      if (!next && errno == ENOENT && make && ::mkdirat(at, name, default_directory_mode) == 0) {
        if (options.uid || options.gid) {
          [[maybe_unused]] const int ignored = ::fchownat(
              at, name, options.uid.value_or(-1), options.gid.value_or(-1), AT_SYMLINK_NOFOLLOW);
        }
        next.reset(::openat(at, name, flags));
      }
      if (!next) {
        return Error::from_errno("open parent " + quote_if_needed(place.name), errno);
      }
      place.directory = std::move(next);
    }
    place.name = std::move(part);
  }
  if (place.name.empty()) {
    return Error{"an empty path", EINVAL};
  }
  return place;
}

TreeOutcome build_tree(int root, std::span<const FileNode> nodes, const TreeOptions& options) {
  Builder builder(root, options);
  for (const auto& node : nodes) {
    builder.add(node);
  }
  return std::move(builder).done();
}

} // namespace harness::workloads
