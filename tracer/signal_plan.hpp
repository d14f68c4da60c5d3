// SignalPlan: the signals of an Input and the points of progress at which they are sent.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/input.hpp"
#include "core/model/phase.hpp"

#include <optional>
#include <span>
#include <vector>

namespace harness::tracer {

struct SignalToSend {
  int signal = 0;
  harness::SignalEvent::To to = harness::SignalEvent::To::main;
};

class SignalPlan {
public:
  /// An error names the event: an unknown signal or phase.
  static Result<SignalPlan> make(std::span<const harness::SignalEvent> events,
                                 std::span<const Phase> phases);

  /// True once everything has been sent.
  bool done() const { return waiting_.empty(); }
  /// What is due now that the main process has made `calls` calls, `calls_in_phase` of them in
  /// `phase`. Each event is given once. What continues the target waits until it has stopped: the
  /// kernel would drop a stop that is still pending.
  std::vector<SignalToSend> due(std::uint64_t calls, PhaseIndex phase,
                                std::uint64_t calls_in_phase);
  /// The main process has stopped: the signal that continues it, if a stop of ours was the cause.
  /// It is due now whatever its point, since a stopped process makes no further call.
  std::optional<SignalToSend> stopped();

private:
  struct Waiting {
    SignalToSend send;
    std::optional<PhaseIndex> phase;
    std::uint64_t calls = 0;
  };
  std::vector<Waiting> waiting_;
  bool stopping_ = false; // a stop was given and has not taken effect yet
};

} // namespace harness::tracer
