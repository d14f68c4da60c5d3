// Sidecars: further processes of a run that are not explored: a second instance, the holder of a
// lock, a system log. They start before the target, with the same run directory, loopback interface
// and identity. They are never traced and never counted, and always killed at the end.
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "workloads/event_flag.hpp"
#include "workloads/run_directory.hpp"
#include "workloads/workload.hpp"

#include <string>
#include <thread>
#include <vector>

namespace harness::workloads {

struct NeighborSpec {
  std::string name;
  std::vector<std::string> words; // argv, filled in; [0] an absolute path or found in PATH
};

struct NeighborSurroundings {
  RunPlace place;
  std::string directory; // working directory, as the sidecar sees it
  std::vector<std::string> environment;
  Owner owner;
  Duration ready_within{}; // for its first line of output, which says that it is ready
};

/// A thread that is the parent of all sidecars of a run: the tracer's thread, which waits for any
/// child of its own, never meets them.
class Sidecars {
public:
  /// Returns when each sidecar has written a line, ended, or had `ready_within`. What could not
  /// be started is appended to `left_out`.
  Sidecars(std::vector<NeighborSpec> specs, NeighborSurroundings surroundings,
           std::vector<std::string>& left_out);
  /// Kills them with all their children.
  ~Sidecars();
  Sidecars(const Sidecars&) = delete;
  Sidecars& operator=(const Sidecars&) = delete;

private:
  EventFlag stop_;
  std::thread thread_;
};

} // namespace harness::workloads
