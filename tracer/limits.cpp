// SPDX-License-Identifier: Apache-2.0
#include "tracer/limits.hpp"

#include "core/base/fd.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

/// A walk of the run directory is dear: every tenth tick.
constexpr unsigned disk_period = 10;
constexpr std::uint64_t block_bytes = 512;

std::uint64_t regular_size_bytes(int fd) {
  struct stat info {};
  return fd >= 0 && ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)
             ? static_cast<std::uint64_t>(info.st_size)
             : 0;
}

bool same_file(int a, int b) {
  struct stat first {};
  struct stat second {};
  return a >= 0 && b >= 0 && ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

std::uint64_t resident_bytes(pid_t process) {
  const Fd file(::open(fmt::format("/proc/{}/statm", process).c_str(), O_RDONLY | O_CLOEXEC));
  char text[128] = {};
  if (!file || ::read(file.get(), text, sizeof text - 1) <= 0) {
    return 0;
  }
  unsigned long long total = 0;
  unsigned long long resident = 0;
  static const long page_bytes = ::sysconf(_SC_PAGESIZE);
  return std::sscanf(text, "%llu %llu", &total, &resident) == 2
             ? resident * static_cast<std::uint64_t>(page_bytes)
             : 0;
}

} // namespace

std::uint64_t disk_usage_bytes(const std::string& directory, std::uint64_t enough) {
  namespace fs = std::filesystem;
  std::uint64_t bytes = 0;
  std::error_code problem;
  fs::recursive_directory_iterator walk(directory, fs::directory_options::skip_permission_denied,
                                        problem);
  for (; !problem && walk != fs::recursive_directory_iterator(); walk.increment(problem)) {
    struct stat info {};
    if (::lstat(walk->path().c_str(), &info) == 0) {
      bytes += static_cast<std::uint64_t>(info.st_blocks) * block_bytes;
    }
    if (bytes > enough) {
      break;
    }
  }
  return bytes;
}

bool LimitWatch::output_passed() const {
  const RunStreams& streams = spec_.streams;
  std::uint64_t bytes = regular_size_bytes(streams.output);
  if (!same_file(streams.output, streams.error)) {
    bytes += regular_size_bytes(streams.error);
  }
  return bytes > spec_.limits.output_bytes;
}

bool LimitWatch::memory_passed(std::span<const pid_t> processes) const {
  std::uint64_t bytes = 0;
  for (const pid_t process : processes) {
    bytes += resident_bytes(process);
  }
  return bytes > spec_.limits.memory_bytes;
}

bool LimitWatch::disk_passed() const {
  return spec_.isolation && disk_usage_bytes(spec_.isolation->run_directory,
                                             spec_.limits.disk_bytes) > spec_.limits.disk_bytes;
}

std::optional<LimitReached::Limit> LimitWatch::check(TimePoint now,
                                                     std::span<const pid_t> processes) {
  using Limit = LimitReached::Limit;
  if (now - start_ > spec_.limits.wall) {
    return Limit::wall;
  }
  if (output_passed()) {
    return Limit::output;
  }
  if (memory_passed(processes)) {
    return Limit::memory;
  }
  if (++looks_ % disk_period == 0 && disk_passed()) {
    return Limit::disk;
  }
  return std::nullopt;
}

} // namespace harness::tracer
