// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"

#include "core/base/sync.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness {

void Fd::reset(int raw) {
  if (raw_ >= 0) {
    ::close(raw_);
  }
  raw_ = raw;
}

Result<Fd> open_file(const std::string& path, int flags, unsigned mode) {
  int raw = -1;
  do {
    raw = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (raw < 0 && errno == EINTR);
  if (raw < 0) {
    return Error::from_errno("open " + path, errno);
  }
  return Fd(raw);
}

Result<std::string> read_all(int fd, std::size_t limit_bytes) {
  std::string bytes;
  char buffer[16384];
  while (bytes.size() < limit_bytes) {
    const std::size_t want = std::min(sizeof buffer, limit_bytes - bytes.size());
    const ssize_t got = ::read(fd, buffer, want);
    if (got < 0) {
      if (errno == EINTR) {
        continue;
      }
      return Error::from_errno("read", errno);
    }
    if (got == 0) {
      break;
    }
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
  return bytes;
}

Result<std::string> read_file(const std::string& path, std::size_t limit_bytes) {
  auto fd = open_file(path, O_RDONLY);
  if (!fd) {
    return std::move(fd).error();
  }
  auto bytes = read_all(fd->get(), limit_bytes);
  if (!bytes) {
    return std::move(bytes).error().within(path);
  }
  return bytes;
}

Result<> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0) {
      if (errno == EINTR) {
        continue;
      }
      return Error::from_errno("write", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return Done{};
}

namespace {
Result<> write_and_sync(int fd, std::string_view bytes) {
  if (auto written = write_all(fd, bytes); !written) {
    return written;
  }
  if (::fsync(fd) != 0) {
    return Error::from_errno("fsync", errno);
  }
  return Done{};
}
} // namespace

Result<> replace_file(const std::string& path, std::string_view bytes) {
  struct stat known {};
  if (::stat(path.c_str(), &known) == 0 && !S_ISREG(known.st_mode)) {
    // A device or a pipe is written to: a rename would take /dev/null from the machine.
    auto there = open_file(path, O_WRONLY);
    return there ? write_all(there->get(), bytes) : Result<>(std::move(there).error());
  }
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  std::string temporary = path + ".XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) {
    return Error::from_errno("create " + temporary, errno);
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  auto written = write_and_sync(fd.get(), bytes);
  if (written && ::fchmod(fd.get(), 0666 & ~mask) != 0) {
    written = Error::from_errno("fchmod", errno);
  }
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = Error::from_errno("rename", errno);
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return std::move(written).error().within("write " + path);
  }
  // The rename itself is durable only once the directory is.
  auto synced = sync_directory(directory);
  return synced ? Result<>(Done{}) : std::move(synced).error().within("write " + path);
}

Result<std::pair<Fd, Fd>> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error::from_errno("pipe2", errno);
  }
  return std::pair{Fd(ends[0]), Fd(ends[1])};
}

Result<Fd> open_pidfd(int pid) {
  const long raw = ::syscall(SYS_pidfd_open, pid, 0);
  if (raw < 0) {
    return Error::from_errno("pidfd_open", errno);
  }
  return Fd(static_cast<int>(raw));
}

} // namespace harness
