// The mapped files of a process, from /proc/PID/maps. Dear: for rare moments only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace harness::tracer {

struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t inode = 0; // 0: no file
  bool code = false;
  std::string path; // as the process names it; "[stack]" and the like for what is no file
};

/// In order of addresses; empty if the process is gone.
std::vector<Mapping> maps_of(pid_t id);

} // namespace harness::tracer
