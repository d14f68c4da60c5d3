// RunSpec: what to launch and how to watch it. Built by a workload from an Input, or by `trace`
// from a command line. Pure value, but for the descriptors and the run driver, which it only
// borrows.
#pragma once

#include "core/model/input.hpp"
#include "core/model/phase.hpp"
#include "core/model/run_driver.hpp"
#include "core/model/syscall_id.hpp"

#include <cstdint>
#include <linux/filter.h>
#include <optional>
#include <string>
#include <vector>

namespace harness {

enum class Mode {
  count,    // every call is seen
  discover, // calls known in the last phase run free
};

/// A classic-BPF seccomp filter; empty: none.
using FilterProgram = std::vector<sock_filter>;

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

/// What to look at besides (phase, call) pairs and counts. Each costs something; see
/// docs/tracing.md.
struct Observe {
  bool sites = true;      // code location and backtrace at first sightings
  bool edges = false;     // call-to-call edges per thread
  bool arguments = false; // argument classes
  bool strings = false;   // paths and names the target passes, as dictionary words
  SyscallSet errno_of;    // an exit stop more for these; see `all_errno`
  bool all_errno = false; // an exit stop more for every call
};

struct RunSpec {
  std::string executable;               // absolute path
  std::vector<std::string> arguments;   // argv, [0] included
  std::vector<std::string> environment; // "NAME=value"; exactly this, nothing is added
  std::string directory;                // working directory as the target names it; "" = unchanged
  RunStreams streams;
  std::vector<Phase> phases; // concrete triggers; [0] is launch. Empty: one phase "all"
  /// The phases are those of this executable (as the kernel names it), whoever starts it: other
  /// processes stay in phase 0. Empty: of the launched one and all that it starts.
  std::string phases_of;
  Mode mode = Mode::count;
  SyscallSet known;       // discover: calls of the last phase that need not stop
  SyscallSet known_sites; // calls whose first site is on file already: no backtrace
  RunLimits limits;
  std::optional<Isolation> isolation;
  Identity identity; // umask; uid and gid only without isolation
  std::vector<ResourceLimit> resource_limits;
  std::vector<SignalEvent> signals;
  std::vector<Fault> faults;
  Observe observe;
  /// Filters to install in the target, one a phase, by index (shorter: none for the rest).
  std::vector<FilterProgram> filters;
  /// Also end the trace once the last phase's filter is in; the target goes on alone (`enforce`).
  bool detach_after_last_phase = false;
  /// Calls that the filters do not allow, per phase: seen in `filters`' shadow they are violations.
  bool report_violations = false;
  RunDriver* run_driver = nullptr; // may be null
};

} // namespace harness
