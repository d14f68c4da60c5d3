// Fd: an owned file descriptor, and the few operations on descriptors that every module needs.
// Depends only on the kernel interface. Every descriptor that is opened here is close-on-exec.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace harness {

/// Move-only owner; -1 means none.
class Fd {
public:
  Fd() = default;
  explicit Fd(int raw) : raw_(raw) {}
  Fd(Fd&& other) noexcept : raw_(std::exchange(other.raw_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset(std::exchange(other.raw_, -1));
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return raw_; }
  explicit operator bool() const { return raw_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(raw_, -1); }
  void reset(int raw = -1);

private:
  int raw_ = -1;
};

/// open(2) with O_CLOEXEC added; the error names the path.
Result<Fd> open_file(const std::string& path, int flags, unsigned mode = 0644);

/// Everything that can be read from `fd` until end of file, at most `limit_bytes`.
Result<std::string> read_all(int fd, std::size_t limit_bytes = std::size_t{1} << 30);

/// The content of the file `path`, at most `limit_bytes`.
Result<std::string> read_file(const std::string& path,
                              std::size_t limit_bytes = std::size_t{1} << 30);

/// Writes all of `bytes`, restarting after interruptions and short writes.
Result<> write_all(int fd, std::string_view bytes);

/// Replaces `path` as a whole: temporary file beside it, fsync, rename, fsync of the directory.
/// After a crash old or new content is there. 0644 before umask. A device or pipe is written to.
Result<> replace_file(const std::string& path, std::string_view bytes);

/// A close-on-exec pipe: {read end, write end}.
Result<std::pair<Fd, Fd>> make_pipe();

/// pidfd_open(2).
Result<Fd> open_pidfd(int pid);

} // namespace harness
