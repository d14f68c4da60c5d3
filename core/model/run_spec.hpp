// RunSpec: what to launch, with which limits, and what happens to it there. A workload makes it
// from an Input, `trace` and `enforce` from a command line; how the run is watched is in
// TraceOptions. Pure value, but for the descriptors and the run driver, which it only borrows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"
#include "core/model/run_driver.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace harness {

/// Beyond which the tracer ends the run.
struct RunLimits {
  Duration wall = std::chrono::seconds(10);
  std::uint64_t output_bytes = std::uint64_t{8}
                               << 20; // captured standard output and error together
  std::uint64_t memory_bytes = std::uint64_t{2} << 30; // resident, all processes of the run
  std::uint64_t disk_bytes = std::uint64_t{256} << 20; // below the run directory
  std::uint32_t processes = 512;                       // processes and threads alive at a time
  friend bool operator==(const RunLimits&, const RunLimits&) = default;
};

/// Per-run isolation, inside a worker's sandbox: fresh PID, mount and IPC namespaces, the run
/// directory bound over /tmp, everything that belongs to the worker out of sight, and an identity
/// without privileges. Absent for `harness trace` and with `--no-isolation`.
struct Isolation {
  std::string run_directory;    // of the worker; the target sees it as /tmp
  std::string hidden_directory; // of the worker; unmounted in the target's namespace ("" = none)
  std::uint32_t uid = 65534;
  std::uint32_t gid = 65534;
  std::vector<std::string> capabilities; // kept by a uid 0 target; checked against an allow list
  std::vector<std::string> exposed;      // absolute paths shown read-only although below /tmp
  std::vector<FileNode> file_systems;    // tmpfs mounts below the run directory's working directory
};

/// Where the target's streams are; descriptors are borrowed, -1 means closed in the target.
struct RunStreams {
  int input = -1;
  int output = -1;
  int error = -1;
  bool controlling_terminal = false; // `input` is a terminal and becomes the controlling one
};

struct RunSpec {
  std::string executable;               // absolute path
  std::vector<std::string> arguments;   // argv, [0] included
  std::vector<std::string> environment; // "NAME=value"; exactly this, nothing is added
  std::string directory;                // working directory as the target names it; "" = unchanged
  RunStreams streams;
  RunLimits limits;
  std::optional<Isolation> isolation;
  Identity identity; // umask; uid and gid only without isolation
  std::vector<ResourceLimit> resource_limits;
  std::vector<SignalEvent> signals;
  std::vector<Fault> faults;
  RunDriver* run_driver = nullptr; // may be null
};

} // namespace harness
