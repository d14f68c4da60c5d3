// SmallDisk: a file system that a test can fill.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

namespace harness::test {

/// A small file system of its own, unmounted at the end; says why if there is none.
class SmallDisk {
public:
  SmallDisk(const std::string& path, const char* options) : path_(path) {
    mounted_ = ::mount("tmpfs", path.c_str(), "tmpfs", 0, options) == 0;
    if (!mounted_) {
      std::printf("skipped: no small tmpfs can be mounted (%s)\n", std::strerror(errno));
    }
  }
  ~SmallDisk() {
    if (mounted_) {
      ::umount2(path_.c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }

  /// Takes all free space but about `left_bytes`.
  void fill(std::size_t left_bytes) {
    const Fd file(::open((path_ + "/filler").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const std::string block(4096, 'x');
    off_t size = 0;
    while (::write(file.get(), block.data(), block.size()) == 4096) {
      size += 4096;
    }
    REQUIRE(::ftruncate(file.get(), size - static_cast<off_t>(left_bytes)) == 0);
  }
  void free() { REQUIRE(::unlink((path_ + "/filler").c_str()) == 0); }

private:
  std::string path_;
  bool mounted_ = false;
};

} // namespace harness::test
