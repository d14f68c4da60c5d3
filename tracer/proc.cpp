#include "tracer/proc.hpp"

#include "harness/base/fd.hpp"

#include <array>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
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

} // namespace

std::optional<std::string> executable_of(pid_t id) {
  std::array<char, 32> link;
  std::snprintf(link.data(), link.size(), "/proc/%d/exe", id);
  return read_link(link.data());
}

std::string file_of(pid_t id, int fd) {
  std::array<char, 48> link;
  std::snprintf(link.data(), link.size(), "/proc/%d/fd/%d", id, fd);
  return read_link(link.data()).value_or("");
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

} // namespace harness::tracer
