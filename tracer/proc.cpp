// SPDX-License-Identifier: Apache-2.0
#include "tracer/proc.hpp"

#include "core/base/fd.hpp"

#include "tracer/tracee.hpp"

#include <array>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

std::optional<std::string> read_link(const char* link) {
  std::array<char, PATH_MAX> path;
  const auto length = ::readlink(link, path.data(), path.size());
  if (length <= 0) {
    return std::nullopt;
  }
  return std::string(path.data(), static_cast<std::size_t>(length));
}

/// The path that execve was given (AT_EXECFN).
std::optional<std::string> executed_path(pid_t id) {
  const auto vector = read_file(fmt::format("/proc/{}/auxv", id));
  std::array<std::uint64_t, 2> entry{};
  for (std::size_t at = 0; vector && at + sizeof entry <= vector->size(); at += sizeof entry) {
    std::memcpy(entry.data(), vector->data() + at, sizeof entry);
    if (entry[0] == AT_EXECFN) {
      return read_text(id, entry[1], PATH_MAX);
    }
  }
  return std::nullopt;
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool same_inode(const std::string& a, const std::string& b) {
  struct stat of_a {};
  struct stat of_b {};
  return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 &&
         of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

} // namespace

std::optional<std::string> executable_of(pid_t id) {
  const std::string link = fmt::format("/proc/{}/exe", id);
  auto executed = read_link(link.c_str());
  auto called = executed_path(id);
  // A name it was called by says more than what a symbolic link leads to (redis-server is one, to
  // redis-check-rdb); but for a script the interpreter runs, whatever was called.
  if (executed && called && called->starts_with('/') && name_of(*called) != name_of(*executed) &&
      same_inode(fmt::format("/proc/{}/root{}", id, *called), link)) {
    return called;
  }
  return executed;
}

std::string file_of(pid_t id, int fd) {
  std::array<char, 48> link;
  std::snprintf(link.data(), link.size(), "/proc/%d/fd/%d", id, fd);
  return read_link(link.data()).value_or("");
}

bool executes_set_id(pid_t id) {
  std::array<char, 32> link;
  std::snprintf(link.data(), link.size(), "/proc/%d/exe", id);
  struct stat info {};
  return ::stat(link.data(), &info) == 0 && (info.st_mode & (S_ISUID | S_ISGID)) != 0;
}

std::vector<pid_t> threads_of(pid_t id) {
  std::vector<pid_t> threads;
  std::error_code gone;
  const std::filesystem::directory_iterator tasks(fmt::format("/proc/{}/task", id), gone);
  for (auto task = begin(tasks); !gone && task != end(tasks); task.increment(gone)) {
    threads.push_back(std::atoi(task->path().filename().c_str()));
  }
  return threads;
}

std::optional<Kin> kin_of(pid_t id) {
  const auto status = read_file(fmt::format("/proc/{}/status", id));
  if (!status) {
    return std::nullopt;
  }
  const auto number_after = [&](const char* key) {
    const auto place = status->find(key);
    return place == std::string::npos
               ? 0
               : std::atoi(status->c_str() + place + std::char_traits<char>::length(key));
  };
  return Kin{number_after("\nTgid:"), number_after("\nPPid:")};
}

std::optional<std::string> status_line(pid_t id, std::string_view key) {
  const auto status = read_file(fmt::format("/proc/{}/status", id));
  if (!status) {
    return std::nullopt;
  }
  const auto line = status->find(fmt::format("\n{}:", key));
  if (line == std::string::npos) {
    return std::nullopt;
  }
  const auto begin = status->find_first_not_of(" \t", line + key.size() + 2);
  return status->substr(begin, status->find('\n', begin) - begin);
}

bool handles_pending_signal(pid_t id) {
  const auto signals = [&](std::string_view key) {
    const auto line = status_line(id, key);
    return line ? std::strtoull(line->c_str(), nullptr, 16) : 0;
  };
  return ((signals("SigPnd") | signals("ShdPnd")) & ~signals("SigBlk") & signals("SigCgt")) != 0;
}

} // namespace harness::tracer
