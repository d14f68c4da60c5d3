// WaitLog: where the processes of a run wait for work. Gathered in calibration runs only, to find
// the point where a server begins to serve.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"

#include <cstdint>
#include <vector>

namespace harness::tracer {

/// A wait for work by a process that listens, from one place.
struct WaitSeen {
  std::uint32_t process = 0; // index into RunResult::processes
  bool by_leader = false;    // by the process's first thread
  SyscallId call;
  std::uint64_t nth = 0; // the first was the process's n-th call of this kind
  std::uint64_t times = 0;
  bool last = false;               // the process's last call was this wait
  std::vector<CodeLocation> stack; // innermost first
};

using WaitLog = std::vector<WaitSeen>; // in order of first sighting

} // namespace harness::tracer
