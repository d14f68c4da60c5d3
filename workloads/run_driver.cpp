// SPDX-License-Identifier: Apache-2.0
#include "workloads/run_driver.hpp"

#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

using namespace std::chrono_literals;

/// How long after its serving phase began a server may take until it listens; one that does not
/// listen at all is not waited for.
constexpr Duration to_listen = 100ms;
/// How long one that listens already may take until it serves: while it loads its data, say.
constexpr Duration to_serve = 500ms;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

} // namespace

void WorkloadRunDriver::started(RunControl& control, pid_t pid) {
  switch (directory.kind) {
  case DirectoryFate::Kind::kept:
    break;
  case DirectoryFate::Kind::deleted:
    (void)::unlinkat(directory.parent, directory.name.c_str(), AT_REMOVEDIR);
    break;
  case DirectoryFate::Kind::unreadable: {
    [[maybe_unused]] const int ignored = ::fchmodat(directory.parent, directory.name.c_str(), 0, 0);
    break;
  }
  }
  for (const int signal : expected_signals) {
    control.expect_signal(signal);
  }
  if (pump) {
    pump->start(control);
  }
  if (server) {
    client_thread_ = std::thread([this, &control, pid] { serve(control, pid); });
  }
}

void WorkloadRunDriver::phase(PhaseIndex phase) {
  if (server && phase != 0 && phase == server->serving_phase) {
    serving_.set();
  }
}

void WorkloadRunDriver::stop() {
  stop_.set();
  if (client_thread_.joinable()) {
    client_thread_.join();
  }
  if (pump) {
    pump->stop();
  }
}

/// Waits for the one of "waits for work" and "serving phase begun" that has not come yet. False if
/// the run ended meanwhile.
bool WorkloadRunDriver::await_ready() const {
  const auto deadline = now() + server->ready_within;
  std::array<pollfd, 3> waits = {{{stop_.fd(), POLLIN, 0},
                                  {ready_.fd(), POLLIN, 0},
                                  {server->serving_phase != 0 ? serving_.fd() : -1, POLLIN, 0}}};
  poll_until(waits, deadline);
  if (waits[0].revents == 0 && server->serving_phase != 0 &&
      (waits[1].revents != 0) != (waits[2].revents != 0)) {
    const bool is_ready = waits[1].revents != 0;
    std::array<pollfd, 2> rest = {waits[0], waits[is_ready ? 2 : 1]};
    poll_until(rest, std::min(deadline, now() + (is_ready ? to_serve : to_listen)));
  }
  return !stop_.is_set();
}

void WorkloadRunDriver::serve(RunControl& control, pid_t process) {
  block_signals_here();
  const auto began = now();
  const auto& part = *server;
  Script script(part.script, process, stop_, control, replies);
  if (await_ready()) {
    // Also to one that did not wait for work in time: who is not there refuses at once. A quarter
    // of the time stays for what the script began and for the stop.
    script.play(std::max(began + part.whole_run / 2,
                         began + part.whole_run * 3 / 4 - part.script.stop_grace));
  }
  script.end();
}

} // namespace harness::workloads
