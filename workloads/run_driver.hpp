// WorkloadRunDriver: everything of a workload that is active while the target runs: the pump of its
// streams, the script of its clients, and the removal of the working directory during the run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_driver.hpp"
#include "workloads/event_flag.hpp"
#include "workloads/pump.hpp"
#include "workloads/script.hpp"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace harness::workloads {

/// A server's part of a run_driver.
struct ServerPart {
  ScriptPlan script;
  PhaseIndex serving_phase = 0; // the phase in which it serves; 0: not known
  Duration ready_within{};
  Duration whole_run{}; // the script leaves enough of it for a clean stop
};

/// What happens to the working directory of the target once it exists.
struct DirectoryFate {
  enum class Kind { kept, deleted, unreadable };
  Kind kind = Kind::kept;
  int parent = -1; // borrowed
  std::string name;
};

class WorkloadRunDriver final : public RunDriver {
public:
  std::unique_ptr<Pump> pump;       // may be null
  std::optional<ServerPart> server; // none: a command
  DirectoryFate directory;
  std::vector<int> expected_signals; // ends by these are of the input's making
  std::string replies;               // what the clients received; complete after stop()

  ~WorkloadRunDriver() override { stop(); }

  void started(RunControl& control, pid_t pid) override;
  void phase(PhaseIndex phase) override;
  void ready() override { ready_.set(); }
  void stop() override;

private:
  void serve(RunControl& control, pid_t process);
  bool await_ready() const;

  EventFlag ready_;
  EventFlag serving_;
  EventFlag stop_;
  std::thread client_thread_;
};

} // namespace harness::workloads
