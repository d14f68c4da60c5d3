// StopFlag: with which a signal handler, the coordinator or a run driver asks the tracer to stop.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <sys/types.h>

namespace harness::tracer {

/// A request to end runs, from any thread or signal handler. One flag serves one tracer thread at a
/// time; it may outlive many runs.
class StopFlag {
public:
  StopFlag() = default;
  StopFlag(const StopFlag&) = delete;
  StopFlag& operator=(const StopFlag&) = delete;

  /// Async-signal-safe. The run in progress ends as Interrupted, later ones do not begin.
  void request();
  bool requested() const { return requested_.load(std::memory_order_acquire); }
  void reset() { requested_.store(false, std::memory_order_release); }

  /// Async-signal-safe: makes the waiting tracer thread look at its mailbox, no more than that.
  void wake() const;

private:
  friend class WaitScope;
  std::atomic<bool> requested_ = false;
  std::atomic<pid_t> waiter_ = 0; // kernel id of the thread that waits; 0: none
};

/// While it lives, this thread's waits are interrupted every 20 ms and by the flag. Cheap: the
/// timer and the handler are made once per thread and process.
class WaitScope {
public:
  explicit WaitScope(StopFlag& flag);
  ~WaitScope();
  WaitScope(const WaitScope&) = delete;
  WaitScope& operator=(const WaitScope&) = delete;

private:
  StopFlag& flag_;
};

/// True once after every tick of this thread's timer.
bool tick_passed();

} // namespace harness::tracer
