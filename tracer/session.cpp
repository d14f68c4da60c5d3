#include "tracer/session.hpp"

#include "tracer/proc.hpp"

#include <cerrno>
#include <csignal>
#include <linux/sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

TimePoint now() {
  return SteadyClock().now();
}

template <typename... Handlers> struct Overloaded : Handlers... { using Handlers::operator()...; };

/// Whether the new tracee `id` leads a process of its own.
bool leads_a_process(pid_t id) {
  return ::syscall(SYS_tgkill, id, id, 0) == 0 || errno != ESRCH;
}

} // namespace

Session::Session(const RunSpec& spec, StopFlag& stop)
    : spec_(spec), stop_(stop), start_(now()), launch_(spec), control_(stop),
      limits_(spec, start_) {}

RunResult Session::run() {
  const WaitScope waiting(stop_);
  alone_ = std::holds_alternative<NothingLeft>(wait_for_report(false));
  auto started = launch_.start();
  init_gone_ = launch_.init() == 0;
  if (started) {
    tree_.add_launched(launch_.id(), spec_.executable);
    launch_.release();
  } else {
    end_run(LaunchFailed{std::move(started).error()});
  }
  follow();
  if (spec_.companion != nullptr) {
    spec_.companion->stop();
  }
  return result();
}

// ---- the loop
// -------------------------------------------------------------------------------------

void Session::follow() {
  while (!finished()) {
    look_up();
    std::visit(Overloaded{
                   [&](Halted&& halted) { dispatch(std::move(halted)); },
                   [&](Ended&& ended) { on_end(ended); },
                   [](WaitInterrupted&&) {},
                   [&](NothingLeft&&) { init_gone_ = true; },
               },
               wait_for_report());
  }
}

/// True once nothing of the run is left; ends its namespace when the last process has gone.
bool Session::finished() {
  if (tree_.alive() != 0) {
    return false;
  }
  if (!init_gone_) {
    ::kill(launch_.init(), SIGKILL); // takes with it whatever we did not see
    return false;
  }
  // A child that was killed before its creator could tell of it may still be on its way to us.
  if (!alone_) {
    return true;
  }
  Report last = wait_for_report(false);
  if (auto* halted = std::get_if<Halted>(&last)) {
    ending_ = true;
    dispatch(std::move(*halted));
    return false;
  }
  return std::holds_alternative<NothingLeft>(last);
}

void Session::dispatch(Halted halted) {
  ++stops_;
  const pid_t id = halted.tracee.id();
  Thread* thread = tree_.find(id);
  if (thread == nullptr && std::holds_alternative<ExecEvent>(halted.why)) {
    // A thread other than the leader called exec after the leader had gone.
    const auto former = halted.tracee.message();
    thread = former ? tree_.find(static_cast<pid_t>(*former)) : nullptr;
  }
  if (thread == nullptr) {
    thread = &tree_.add_unknown(id);
  }
  if (ending_) {
    ::kill(id, SIGKILL);
  }
  const WayOn way = std::visit(
      [&](const auto& event) { return on(*thread, std::move(halted.tracee), event); }, halted.why);
  static_cast<void>(way); // a tracee that vanished reports its end by itself
}

void Session::on_end(const Ended& ended) {
  if (ended.id == launch_.init()) {
    init_gone_ = true;
    return;
  }
  Thread* thread = tree_.find(ended.id);
  if (thread == nullptr) {
    if (ended.id == launch_.id() && !end_) {
      end_ = LaunchFailed{launch_.failure()};
    }
    return;
  }
  const RunEnd how =
      std::visit(Overloaded{
                     [](const ExitEvent& exit) -> RunEnd { return Exited{exit.status}; },
                     [&](const DeathEvent& death) -> RunEnd {
                       return harness::Signaled{death.signal, death.core_dumped,
                                                requested_signals_.contains(death.signal)};
                     },
                 },
                 ended.how);
  if (ended.id == launch_.id() && !end_) {
    end_ = launched_ ? how : RunEnd(LaunchFailed{launch_.failure()});
  }
  tree_.ended(*thread, how);
}

// ---- one method per event
// -------------------------------------------------------------------------

WayOn Session::on(Thread& thread, StoppedTracee tracee, const SeccompEvent& /*event*/) {
  // Under PTRACE_SYSCALL the entry has been counted at its own stop.
  if (!thread.every_syscall) {
    if (const auto info = tracee.syscall_info()) {
      on_call(thread, tracee, *info);
    }
  }
  return go_on(thread, std::move(tracee));
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const SyscallEvent& /*event*/) {
  const auto info = tracee.syscall_info();
  if (info && info->point == SyscallInfo::Point::entry && thread.every_syscall) {
    on_call(thread, tracee, *info);
  } else if (info && info->point == SyscallInfo::Point::exit) {
    thread.in_call = false;
  }
  return go_on(thread, std::move(tracee));
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const CloneEvent& /*event*/) {
  const auto message = tracee.message();
  if (message && thread.process != nullptr) {
    const auto id = static_cast<pid_t>(*message);
    Thread* child = tree_.find(id);
    if (child == nullptr) {
      child = &tree_.add_unknown(id);
    }
    if (child->process == nullptr) {
      tree_.adopt(*child, thread, !leads_a_process(id));
    }
    if (tree_.alive() > spec_.limits.processes) {
      end_run(LimitReached{LimitReached::Limit::processes});
    }
    if (child->held) {
      StoppedTracee held = std::move(*child->held);
      child->held.reset();
      static_cast<void>(go_on(*child, std::move(held)));
    }
  }
  return go_on(thread, std::move(tracee));
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const VforkDoneEvent& /*event*/) {
  return go_on(thread, std::move(tracee));
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const ExecEvent& /*event*/) {
  const pid_t id = tracee.id();
  const auto former = tracee.message();
  if (thread.process == nullptr) {
    return go_on(thread, std::move(tracee));
  }
  const auto path = executable_of(id);
  Thread& caller =
      tree_.exec(id, former ? static_cast<pid_t>(*former) : id, path.value_or(spec_.executable));
  if (!launched_) {
    on_first_exec(tracee);
  }
  return go_on(caller, std::move(tracee));
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const ExitingEvent& /*event*/) {
  return go_on(thread, std::move(tracee));
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const GroupStopEvent& /*event*/) {
  if (thread.process == nullptr) {
    thread.held = std::move(tracee);
    return KeptStopped{};
  }
  return std::move(tracee).listen();
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const PauseEvent& /*event*/) {
  if (thread.process == nullptr && !ending_) {
    thread.held = std::move(tracee); // until its creator's report tells where it belongs
    return KeptStopped{};
  }
  return go_on(thread, std::move(tracee));
}

WayOn Session::on(Thread& thread, StoppedTracee tracee, const DeliveryEvent& event) {
  return go_on(thread, std::move(tracee), event.signal);
}

// ---- what they share
// ------------------------------------------------------------------------------

void Session::on_call(Thread& thread, StoppedTracee& /*tracee*/, const SyscallInfo& info) {
  if (thread.process == nullptr) {
    return;
  }
  Process& process = *thread.process;
  thread.entry = info;
  process.last_calls[process.calls % process.last_calls.size()] = info.call;
  ++process.calls;
  thread.calls.add(
      pack({process.phase, static_cast<std::uint16_t>(process.executable), info.call}));
}

void Session::on_first_exec(const StoppedTracee& tracee) {
  launched_ = true;
  Thread& thread = *tree_.find(tracee.id());
  if (!launch_.filtered()) {
    // Without the filter this exec was not seen at its entry; from here on every call is.
    thread.every_syscall = true;
    SyscallInfo exec;
    exec.call = {AuditArch::x86_64, SYS_execve};
    thread.entry = exec;
    thread.calls.add(pack({0, static_cast<std::uint16_t>(thread.process->executable), exec.call}));
    ++thread.process->calls;
  }
  if (spec_.companion != nullptr) {
    spec_.companion->started(control_, tracee.id());
  }
}

WayOn Session::go_on(Thread& thread, StoppedTracee tracee, int signal) {
  const Until until = thread.every_syscall || thread.in_call ? Until::syscall : Until::event;
  return std::move(tracee).resume(until, signal);
}

// ---- what comes from outside
// ----------------------------------------------------------------------

void Session::look_up() {
  if (control_.pending()) {
    take_requests();
  }
  if (stop_.requested() && !ending_) {
    end_run(Interrupted{});
  }
  if (tick_passed()) {
    check_limits();
    adopt_orphans();
  }
}

void Session::take_requests() {
  for (const auto& request : control_.take()) {
    std::visit(Overloaded{
                   [](const MarkerRequest&) {},
                   [&](const SignalRequest& wanted) {
                     requested_signals_.insert(wanted.signal);
                     tree_.send(wanted.signal);
                   },
                   [&](const FinishRequest& wanted) { deadline_ = now() + wanted.grace; },
               },
               request);
  }
  if (deadline_ && now() >= *deadline_) {
    end_run(harness::Stopped{});
  }
}

void Session::check_limits() {
  const TimePoint time = now();
  if (deadline_ && time >= *deadline_) {
    end_run(harness::Stopped{});
  }
  if (ending_) {
    kill_everything(); // again: a fork may have been under way
    return;
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
    Thread* relative =
        kin ? tree_.find(kin->group != thread.id ? kin->group : kin->parent) : nullptr;
    if (relative != nullptr && relative->process != nullptr) {
      tree_.adopt(thread, *relative, kin->group != thread.id);
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
    result.last_calls = tree_.last_calls(ended_by_);
  }
  tree_.report(result);
  result.stops = stops_;
  result.wall = now() - start_;
  result.incomplete.assign(incomplete_.begin(), incomplete_.end());
  return result;
}

} // namespace harness::tracer
