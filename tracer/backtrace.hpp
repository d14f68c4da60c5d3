// Backtraces of a stopped thread through stripped code, by call-frame information (libdw). What is
// read of a module is kept for later runs; what is read of a process is given by the caller.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "tracer/maps.hpp"
#include "tracer/tracee.hpp"

#include <map>
#include <vector>

namespace harness::tracer {

/// The mappings of processes, read when first needed and again when a thread is somewhere new.
class MapsCache {
public:
  /// The mapping of code that `address` of process `id` lies in; null if there is none.
  const Mapping* find(pid_t id, std::uint64_t address);
  void forget(pid_t id) { maps_.erase(id); }

private:
  std::map<pid_t, std::vector<Mapping>> maps_;
};

/// A frame: where it is, and the link-time address and file behind that.
struct Frame {
  CodeLocation location;           // offset in the file; of a caller: its return address
  std::uint64_t stack_address = 0; // canonical frame address
};

/// Innermost first, at most `most` frames; ends where no call-frame information is found. `process`
/// is the id whose maps are in `maps`, `thread` the stopped one.
std::vector<Frame> backtrace(pid_t process, const StoppedTracee& thread, MapsCache& maps,
                             std::size_t most = 32);

} // namespace harness::tracer
