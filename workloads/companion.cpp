#include "workloads/companion.hpp"

#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness::workloads {

namespace {

using namespace std::chrono_literals;

/// How long after its last phase began a server may take until it listens; one that does not
/// listen at all is not waited for.
constexpr Duration to_listen = 100ms;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

} // namespace

void RunCompanion::started(RunControl& control, pid_t /*pid*/) {
  switch (directory.kind) {
  case DirectoryFate::Kind::kept:
    break;
  case DirectoryFate::Kind::deleted:
    (void)::unlinkat(directory.parent, directory.name.c_str(), AT_REMOVEDIR);
    break;
  case DirectoryFate::Kind::unreadable:
    (void)::fchmodat(directory.parent, directory.name.c_str(), 0, 0);
    break;
  }
  for (const int signal : expected_signals) {
    control.expect_signal(signal);
  }
  if (pump) {
    pump->start(control);
  }
  if (server) {
    client_thread_ = std::thread([this, &control] { serve(control); });
  }
}

void RunCompanion::phase(PhaseIndex phase) {
  if (server && phase != 0 && phase == server->last_phase) {
    last_phase_.set();
  }
}

void RunCompanion::stop() {
  stop_.set();
  if (client_thread_.joinable()) {
    client_thread_.join();
  }
  if (pump) {
    pump->stop();
  }
}

/// False if the run ended meanwhile.
bool RunCompanion::await_ready() const {
  const auto deadline = now() + server->ready_within;
  std::array<pollfd, 3> waits = {
      {{stop_.fd(), POLLIN, 0}, {ready_.fd(), POLLIN, 0}, {last_phase_.fd(), POLLIN, 0}}};
  poll_until(waits, deadline);
  if (waits[0].revents == 0 && waits[1].revents == 0 && waits[2].revents != 0) {
    poll_until(std::span(waits).first(2), std::min(deadline, now() + to_listen));
  }
  return waits[0].revents == 0;
}

void RunCompanion::serve(RunControl& control) {
  block_signals_here();
  const auto began = now();
  const auto& part = *server;
  Script script(part.script, stop_, control);
  if (await_ready()) {
    // Also to one that did not wait for work in time: who is not there refuses at once. A quarter
    // of the time stays for what the script began and for the stop.
    script.play(std::max(began + part.whole_run / 2,
                         began + part.whole_run * 3 / 4 - part.script.stop_grace));
  }
  script.end();
}

} // namespace harness::workloads
