// SPDX-License-Identifier: Apache-2.0
#include "tracer/module_file.hpp"

#include "core/base/text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

/// A handle that allows no more than fstat: nothing is opened, whatever lies there.
constexpr int handle_flags = O_PATH | O_CLOEXEC;

/// Opens what `handle` stands for, if it is a regular file of a sensible size.
Result<Fd> open_regular(const Fd& handle, const std::string& shown) {
  struct stat info {};
  if (::fstat(handle.get(), &info) != 0) {
    return Error::from_errno(shown, errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{shown + " is not a regular file", EINVAL};
  }
  if (static_cast<std::uint64_t>(info.st_size) > max_module_bytes) {
    return Error{shown + " is too large to be read", EFBIG};
  }
  Fd file(::open(fmt::format("/proc/self/fd/{}", handle.get()).c_str(),
                 O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) {
    return Error::from_errno("open " + shown, errno);
  }
  return file;
}

/// As the process sees it, but without the magic links of its /proc.
Fd handle_in_root(pid_t id, const std::string& path) {
  const Fd root(::open(fmt::format("/proc/{}/root", id).c_str(), handle_flags | O_DIRECTORY));
  open_how how{};
  how.flags = handle_flags;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return Fd(static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how)));
}

} // namespace

Result<Fd> open_module_file(const std::string& path, const std::string& shown) {
  const Fd handle(::open(path.c_str(), handle_flags));
  if (!handle) {
    return Error::from_errno(shown, errno);
  }
  return open_regular(handle, shown);
}

Result<Fd> open_mapped_file(pid_t id, const Mapping& mapping) {
  const std::string shown = printable(mapping.path);
  if (mapping.path.empty() || mapping.path.front() != '/') {
    return Error{shown + " is not a file", ENOENT};
  }
  const Fd exact(
      ::open(fmt::format("/proc/{}/map_files/{:x}-{:x}", id, mapping.begin, mapping.end).c_str(),
             handle_flags));
  if (exact) {
    return open_regular(exact, shown);
  }
  const Fd named = handle_in_root(id, mapping.path);
  if (!named) {
    return Error::from_errno(shown, errno);
  }
  struct stat info {};
  if (::fstat(named.get(), &info) != 0 || info.st_ino != mapping.inode) {
    return Error{shown + " is not the file that is mapped", ESTALE};
  }
  return open_regular(named, shown);
}

} // namespace harness::tracer
