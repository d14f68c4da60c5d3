// Session: how processes move through their phases.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "core/launch/machine.hpp"
#include "tracer/point_finder.hpp"
#include "tracer/proc.hpp"

namespace harness::tracer {

void Session::enter(Process& process, std::optional<PhaseIndex> phase) {
  if (!phase || *phase <= process.phase) {
    return;
  }
  const bool stranger =
      process.phase == 0 && tree_.executable(process.executable) != target_executable_;
  if (stranger && !options_.phases_of.empty()) {
    return;
  }
  process.phase = *phase;
  process.calls_in_phase = 0;
  kernel_.update(process);
  kernel_.moved(process);
  entries_.push_back({*phase, process.index, process.calls, SteadyClock().now() - start_});
  if (reached_.insert(*phase).second && spec_.run_driver != nullptr) {
    spec_.run_driver->phase(*phase);
  }
}

void Session::enter_everywhere(std::optional<PhaseIndex> phase) {
  if (phase) {
    tree_.each_process([&](Process& process) {
      if (process.alive != 0) {
        enter(process, phase);
      }
    });
  }
}

bool Session::loses_set_id(pid_t id) const {
  const bool bound = spec_.isolation || !options_.filters.empty() || !launch::machine().sys_ptrace;
  return bound && executes_set_id(id);
}

void Session::arm_points(Process& process, pid_t id, const std::string& executable) {
  if (attach_to_ == 0 && !phases_.plan().points.empty() &&
      !arm_after_exec(phases_.plan(), *process.points, id, executable,
                      executable == target_executable_)) {
    note(Incomplete::breakpoint_lost);
  }
}

bool Session::on_trap(Thread& thread, StoppedTracee& tracee) {
  Process& process = *thread.process;
  if (process.points->empty()) {
    return false;
  }
  constexpr int kernel_sent = 0x80; // SI_KERNEL: the processor's, nobody's kill(2)
  const auto sender = tracee.signal_sender();
  auto registers = tracee.registers();
  if (!sender || !registers || sender->code != kernel_sent) {
    return false;
  }
  const std::uint64_t address = registers->rip - 1; // the breakpoint has been executed
  const auto hit = process.points->hit(tracee.id(), address);
  if (!hit) {
    return false;
  }
  registers->rip = address;
  tracee.set_registers(*registers);
  enter(process, hit->phase);
  return true;
}

} // namespace harness::tracer
