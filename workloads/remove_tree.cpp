// The way down a hostile tree: descriptors instead of paths, no link followed, depth bounded by
// moving deep directories up, so that neither names, modes nor nesting stop the removal.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "workloads/file_tree.hpp"

#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

/// Open directories on the way down; deeper ones are renamed into the top and done later.
constexpr int max_depth = 64;

struct KernelEntry { // linux_dirent64
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

class Remover {
public:
  explicit Remover(int top) : top_(top) {}

  /// Removes everything in the directory `at`.
  Result<> empty(int at, int depth) {
    alignas(KernelEntry) char buffer[16384];
    for (bool again = true; again;) {
      again = false;
      ::lseek(at, 0, SEEK_SET);
      for (;;) {
        const long got = ::syscall(SYS_getdents64, at, buffer, sizeof buffer);
        if (got < 0) {
          return Error::from_errno("read a run directory", errno);
        }
        if (got == 0) {
          break;
        }
        for (long used = 0; used < got;) {
          const auto* entry = reinterpret_cast<const KernelEntry*>(buffer + used);
          used += entry->length;
          const std::string_view name = entry->name;
          if (name == "." || name == "..") {
            continue;
          }
          if (auto removed = remove(at, entry->name, entry->type, depth); !removed) {
            return removed;
          }
          again = true; // entries may have been skipped or moved here: look once more
        }
      }
    }
    return Done{};
  }

  Result<> remove(int at, const char* name, unsigned char type, int depth) {
    if (type != DT_DIR && unlink(at, name, 0)) {
      return Done{};
    }
    if (unlink(at, name, AT_REMOVEDIR) || errno == ENOENT) {
      return Done{};
    }
    if (errno != ENOTEMPTY && errno != EEXIST && errno != EACCES) {
      return Error::from_errno(fmt::format("remove {} of a run directory", name), errno);
    }
    if (depth >= max_depth) {
      return move_aside(at, name);
    }
    Fd inner = enter(at, name);
    if (!inner) {
      return Error::from_errno(fmt::format("open {} of a run directory", name), errno);
    }
    if (auto emptied = empty(inner.get(), depth + 1); !emptied) {
      return emptied;
    }
    if (!unlink(at, name, AT_REMOVEDIR)) {
      return Error::from_errno(fmt::format("remove {} of a run directory", name), errno);
    }
    return Done{};
  }

private:
  Result<> move_aside(int at, const char* name) {
    for (;;) { // the target may have taken any name; it can't have taken all
      const auto aside = fmt::format(".deep-{}", moved_++);
      if (::renameat2(at, name, top_, aside.c_str(), RENAME_NOREPLACE) == 0) {
        return Done{};
      }
      if (errno != EEXIST) {
        return Error::from_errno("move a deep directory", errno);
      }
    }
  }

  static Fd enter(int at, const char* name) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    Fd inner(::openat(at, name, flags));
    if (!inner && errno == EACCES) { // without CAP_DAC_OVERRIDE a mode of 000 binds us too
      const Fd path(::openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (path && ::chmod(fmt::format("/proc/self/fd/{}", path.get()).c_str(), 0700) == 0) {
        inner.reset(::openat(at, name, flags));
      }
    }
    if (inner) {
      struct stat found {};
      if (::geteuid() != 0 && ::fstat(inner.get(), &found) == 0 && (found.st_mode & 0700) != 0700) {
        (void)::fchmod(inner.get(), 0700);
      }
    }
    return inner;
  }

  /// unlinkat, once more after taking immutable and append-only flags away.
  static bool unlink(int at, const char* name, int flags) {
    if (::unlinkat(at, name, flags) == 0) {
      return true;
    }
    if (errno != EPERM) {
      return false;
    }
    const Fd file(::openat(at, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    int none = 0;
    (void)::ioctl(file.get(), FS_IOC_SETFLAGS, &none);
    (void)::ioctl(at, FS_IOC_SETFLAGS, &none);
    return ::unlinkat(at, name, flags) == 0;
  }

  int top_;
  std::uint64_t moved_ = 0;
};

} // namespace

Result<> remove_tree(int parent, const std::string& name) {
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) {
    return Done{};
  }
  if (errno == ENOTDIR) {
    if (::unlinkat(parent, name.c_str(), 0) == 0) {
      return Done{};
    }
    return Error::from_errno("remove " + name, errno);
  }
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd top(::openat(parent, name.c_str(), flags));
  if (!top && errno == EACCES && ::fchmodat(parent, name.c_str(), 0700, 0) == 0) {
    top.reset(::openat(parent, name.c_str(), flags));
  }
  if (!top) {
    return Error::from_errno("open " + name, errno);
  }
  Remover remover(top.get());
  if (auto emptied = remover.empty(top.get(), 0); !emptied) {
    return emptied;
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0) {
    return Error::from_errno("remove " + name, errno);
  }
  return Done{};
}

} // namespace harness::workloads
