// Sidecars: further processes of a run that are not explored: a second instance, the holder of a
// lock, a system log. They start before the target through the same child setup, so that isolation,
// identity and capabilities are those of the target. They use the same run directory and loopback
// interface, are never traced and never counted, and are always killed at the end. The limits on
// memory and processes that the tracer watches do not hold for them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/run_spec.hpp"
#include "workloads/event_flag.hpp"

#include <string>
#include <thread>
#include <vector>

namespace harness::workloads {

struct NeighborSpec {
  std::string name;
  std::vector<std::string> words; // argv, filled in; [0] an absolute path or found in PATH
};

struct NeighborSurroundings {
  /// Isolation, identity, limits, environment and working directory, as of the target; what to
  /// execute and the streams are filled in for each.
  RunSpec run;
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
