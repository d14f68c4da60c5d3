// Session: what comes from outside (run driver, stop flag, ticks), and the end of a run.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "tracer/overloaded.hpp"
#include "tracer/proc.hpp"

#include <csignal>

namespace harness::tracer {

void Session::poll_control() {
  if (control_.pending()) {
    take_requests();
  }
  if (stop_.requested() && !ending_) {
    end_run(Interrupted{});
  }
  if (tick_passed()) {
    on_tick();
  }
}

void Session::take_requests() {
  const Overloaded act{
      [&](const MarkerRequest& marker) { enter_everywhere(phases_.at_marker(marker.name)); },
      [&](const SignalRequest& wanted) {
        send({wanted.signal, harness::SignalEvent::To::main});
      },
      [&](const ExpectRequest& expected) { requested_signals_.insert(expected.signal); },
      [&](const FinishRequest& wanted) { deadline_ = SteadyClock().now() + wanted.grace; },
  };
  for (const auto& request : control_.take()) {
    std::visit(act, request);
  }
  if (deadline_ && SteadyClock().now() >= *deadline_ && !ending_) {
    end_run(harness::Stopped{});
  }
}

void Session::on_tick() {
  const TimePoint time = SteadyClock().now();
  if (ending_) {
    kill_everything(); // again: a fork may have been under way
    return;
  }
  if (deadline_ && time >= *deadline_) {
    end_run(harness::Stopped{});
    return;
  }
  adopt_orphans();
  resume_late_calls(time);
  if (launched_ && !phases_.plan().times.empty()) {
    enter_everywhere(phases_.at_time(time - start_));
  }
  std::vector<pid_t> alive;
  tree_.each_process([&](const Process& process) {
    if (process.alive != 0) {
      alive.push_back(process.id);
    }
  });
  if (const auto passed = limits_.check(time, alive)) {
    end_run(LimitReached{*passed});
  }
}

/// Calls that a fault delays.
void Session::resume_late_calls(TimePoint time) {
  tree_.each_thread([&](Thread& thread) {
    if (!thread.hold_until || time < *thread.hold_until || !thread.held) {
      return;
    }
    thread.hold_until.reset();
    release_held(thread);
  });
}

void Session::send(const SignalToSend& what) {
  using To = harness::SignalEvent::To;
  requested_signals_.insert(what.signal);
  const Process* main = tree_.main_process();
  bool sent = false;
  tree_.each_process([&](const Process& process) {
    const bool meant = what.to == To::group || (what.to == To::main && &process == main) ||
                       (what.to == To::child && process.index != 0 && !sent);
    if (meant && process.alive != 0) {
      ::kill(process.id, what.signal); // not reaped yet, so the id is still its own
      sent = true;
    }
  });
}

// ---- the end ----------------------------------------------------------------------------------

void Session::end_run(RunEnd how) {
  if (attach_to_ != 0 && tree_.alive() != 0) {
    let_go(); // whatever the reason: the process was there before us
    return;
  }
  const bool stopped = std::holds_alternative<harness::Stopped>(how);
  const bool failed_launch = std::holds_alternative<LaunchFailed>(how);
  // The target's own end stands if the run driver was done; a limit is worth more than that.
  if (!end_ || !stopped) {
    end_ = std::move(how);
  }
  if (!stopped && !failed_launch) {
    note(Incomplete::killed);
  }
  ending_ = true;
  kill_everything();
}

void Session::kill_everything() {
  tree_.each_thread([](const Thread& thread) { ::kill(thread.id, SIGKILL); });
  if (!init_gone_) {
    ::kill(launch_.init(), SIGKILL);
  }
}

RunResult Session::result() {
  RunResult result;
  result.end = end_.value_or(RunEnd(TracerFailed{Error{"the target's end was not seen"}}));
  if (waits_ != nullptr) {
    for (WaitSeen& wait : *waits_) {
      const auto last = tree_.last_calls(wait.process);
      wait.last = !last.empty() && last.back() == wait.call;
    }
  }
  end_kernel_run();
  if (tree_.process_count() != 0) {
    result.last_calls = tree_.last_calls(0);
  }
  tree_.report(result);
  for (Sighting& sighting : result.sightings) {
    const auto key =
        pack({sighting.phase, static_cast<std::uint16_t>(sighting.executable), sighting.call});
    if (const auto site = sites_.find(key); site != sites_.end()) {
      sighting.backtrace = site->second;
    }
    sighting.only_faulted = only_faulted_.contains(key);
    if (sighting.phase == phases_.last() && freed_.contains(sighting.call)) {
      sighting.calls.reset();
    }
  }
  observer_.report(result);
  violations_.report(result);
  result.faulted = faulted_;
  result.observed_in_kernel = kernel_.used();
  result.entries = std::move(entries_);
  result.stops = stops_;
  result.wall = SteadyClock().now() - start_;
  result.incomplete.assign(incomplete_.begin(), incomplete_.end());
  return result;
}

} // namespace harness::tracer
