// SPDX-License-Identifier: Apache-2.0
#include "tracer/maps.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace harness::tracer {

std::vector<Mapping> maps_of(pid_t id) {
  const auto text = read_file(fmt::format("/proc/{}/maps", id));
  std::vector<Mapping> maps;
  if (!text) {
    return maps;
  }
  for (std::size_t at = 0; at < text->size();) {
    const auto end = std::min(text->find('\n', at), text->size());
    const std::string line = text->substr(at, end - at);
    at = end + 1;
    unsigned long long begin = 0;
    unsigned long long stop = 0;
    unsigned long long offset = 0;
    char rights[5] = {};
    unsigned long long inode = 0;
    int path_at = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx %4s %llx %*s %llu %n", &begin, &stop, rights, &offset,
                    &inode, &path_at) >= 5) {
      std::string path = path_at > 0 ? line.substr(static_cast<std::size_t>(path_at)) : "";
      maps.push_back({begin, stop, offset, inode, rights[2] == 'x', std::move(path)});
    }
  }
  return maps;
}

} // namespace harness::tracer
