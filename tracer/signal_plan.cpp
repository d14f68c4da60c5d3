// SPDX-License-Identifier: Apache-2.0
#include "tracer/signal_plan.hpp"

#include "core/model/kernel_names.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <utility>

namespace harness::tracer {

namespace {

/// Whether it stops the main process, unless that has other ideas.
bool stops(const SignalToSend& what) {
  const bool stop = what.signal == SIGSTOP || what.signal == SIGTSTP || what.signal == SIGTTIN ||
                    what.signal == SIGTTOU;
  return stop && what.to != harness::SignalEvent::To::child;
}

} // namespace

Result<SignalPlan> SignalPlan::make(std::span<const harness::SignalEvent> events,
                                    std::span<const Phase> phases) {
  SignalPlan plan;
  for (const auto& event : events) {
    const auto number = signal_number(event.signal);
    if (!number) {
      return Error{fmt::format("no signal is called '{}'", event.signal)};
    }
    Waiting waiting{{*number, event.to}, std::nullopt, event.at.calls};
    if (!event.at.phase.empty()) {
      const auto place = std::find_if(phases.begin(), phases.end(), [&](const Phase& phase) {
        return phase.name == event.at.phase;
      });
      if (place == phases.end()) {
        return Error{
            fmt::format("signal {}: no phase is called '{}'", event.signal, event.at.phase)};
      }
      waiting.phase = static_cast<PhaseIndex>(place - phases.begin());
    }
    plan.waiting_.push_back(waiting);
  }
  return plan;
}

std::vector<SignalToSend> SignalPlan::due(std::uint64_t calls, PhaseIndex phase,
                                          std::uint64_t calls_in_phase) {
  std::vector<SignalToSend> now;
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    const bool reached = waiting.phase ? *waiting.phase == phase && calls_in_phase >= waiting.calls
                                       : calls >= waiting.calls;
    if (!reached || (stopping_ && waiting.send.signal == SIGCONT)) {
      return false;
    }
    stopping_ |= stops(waiting.send);
    now.push_back(waiting.send);
    return true;
  });
  return now;
}

std::optional<SignalToSend> SignalPlan::stopped() {
  const auto next = std::find_if(waiting_.begin(), waiting_.end(), [](const Waiting& waiting) {
    return waiting.send.signal == SIGCONT;
  });
  if (!std::exchange(stopping_, false) || next == waiting_.end()) {
    return std::nullopt;
  }
  const SignalToSend signal = next->send;
  waiting_.erase(next);
  return signal;
}

} // namespace harness::tracer
