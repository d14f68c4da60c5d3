// Session: what comes from outside (companion, stop flag, ticks), and the end of a run.
#include "tracer/session.hpp"

#include "tracer/overloaded.hpp"
#include "tracer/proc.hpp"

#include <csignal>

namespace harness::tracer {

void Session::look_up() {
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
  for (const auto& request : control_.take()) {
    std::visit(
        Overloaded{
            [&](const MarkerRequest& marker) { enter_everywhere(phases_.at_marker(marker.name)); },
            [&](const SignalRequest& wanted) {
              requested_signals_.insert(wanted.signal);
              tree_.send(wanted.signal);
            },
            [&](const FinishRequest& wanted) { deadline_ = SteadyClock().now() + wanted.grace; },
        },
        request);
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

/// A creator that was killed before its report leaves a held child behind: ask /proc whose it is.
void Session::adopt_orphans() {
  tree_.each_thread([&](Thread& thread) {
    if (thread.process != nullptr || !thread.held || ++thread.held_ticks < 2) {
      return;
    }
    const auto kin = kin_of(thread.id);
    const bool is_thread = kin && kin->group != thread.id;
    Thread* relative = kin ? tree_.find(is_thread ? kin->group : kin->parent) : nullptr;
    if (relative != nullptr && relative->process != nullptr) {
      tree_.adopt(thread, *relative, {is_thread, false});
    } else {
      tree_.adopt_orphan(thread);
    }
    StoppedTracee held = std::move(*thread.held);
    thread.held.reset();
    static_cast<void>(go_on(thread, std::move(held)));
  });
}

// ---- the end
// --------------------------------------------------------------------------------------

void Session::end_run(RunEnd how) {
  const bool stopped = std::holds_alternative<harness::Stopped>(how);
  const bool failed_launch = std::holds_alternative<LaunchFailed>(how);
  // The target's own end stands if the companion was done; a limit is worth more than that.
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
  if (tree_.process_count() != 0) {
    result.last_calls = tree_.last_calls(0);
  }
  tree_.report(result);
  result.entries = std::move(entries_);
  result.stops = stops_;
  result.wall = SteadyClock().now() - start_;
  result.incomplete.assign(incomplete_.begin(), incomplete_.end());
  return result;
}

} // namespace harness::tracer
