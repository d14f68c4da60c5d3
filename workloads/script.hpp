// Script: the clients of a server run, one after another in the order of the script, limited in
// time whatever the server does, followed by the orderly stop of the server.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"
#include "core/model/run_driver.hpp"
#include "workloads/client.hpp"

#include <map>
#include <string>
#include <vector>

namespace harness::workloads {

struct ScriptPlan {
  std::vector<Step> steps;
  Endpoints endpoints;
  std::vector<std::string> stop_command; // empty: the signal alone
  int stop_signal = 0;
  Duration stop_grace{};
};

class Script {
public:
  /// All of `plan`, `stop`, `control` and `replies`, to which what the clients hear is added,
  /// outlive it. `server` is the process that is talked to.
  Script(const ScriptPlan& plan, pid_t server, const EventFlag& stop, RunControl& control,
         std::string& replies);

  /// Runs the steps until they are done, the run ends, or `deadline`.
  void play(TimePoint deadline);
  /// Stop command where the plan has one and the server takes it, else signal; then grace.
  void end();

private:
  struct Open {
    explicit Open(Client connected) : client(std::move(connected)) {}

    Client client;
    bool behind = false; // owes a reply that did not come in time: further commands don't wait
  };

  void play_step(const Step& step, TimePoint deadline);
  Open& open(std::uint16_t number, TimePoint deadline);
  Transport usual() const;

  const ScriptPlan& plan_;
  const pid_t server_;
  const EventFlag& stop_;
  RunControl& control_;
  std::string& replies_;
  std::map<std::uint16_t, Open> clients_;
};

} // namespace harness::workloads
