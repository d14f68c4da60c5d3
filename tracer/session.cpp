// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "tracer/interrupt.hpp"
#include "tracer/overloaded.hpp"
#include "tracer/proc.hpp"

#include <csignal>
#include <sys/ptrace.h>
#include <utility>

namespace harness::tracer {

Session::Session(const RunSpec& spec, const TraceOptions& options, StopFlag& stop,
                 const Extras& extras)
    : spec_(spec), options_(options), stop_(stop), start_(SteadyClock().now()),
      launch_(spec, options), control_(stop), limits_(spec, start_), observer_(options.observe),
      violations_(options),
      kernel_(spec, options,
              extras.waits == nullptr && extras.attach_to == 0 ? extras.kernel : nullptr),
      filters_(options.filters, tree_, filter_kernel_), waits_(extras.waits),
      attach_to_(extras.attach_to) {}

RunResult Session::run() {
  const WaitScope waiting(stop_);
  begin();
  follow();
  if (spec_.run_driver != nullptr) {
    spec_.run_driver->stop();
  }
  return result();
}

// ---- the loop
// -------------------------------------------------------------------------------------

Result<> Session::plan() {
  auto phases = PhasePlan::make(options_.phases);
  if (!phases) {
    return std::move(phases).error();
  }
  phases_ = PhaseWatch(std::move(*phases));
  auto signals = SignalPlan::make(spec_.signals, options_.phases);
  if (!signals) {
    return std::move(signals).error();
  }
  signals_ = std::move(*signals);
  auto faults = FaultPlan::make(spec_.faults, options_.phases);
  if (!faults) {
    return std::move(faults).error();
  }
  faults_ = std::move(*faults);
  return Done{};
}

void Session::begin() {
  alone_ = std::holds_alternative<NothingLeft>(wait_for_report(false));
  auto started = plan();
  if (started && attach_to_ != 0) {
    main_id_ = attach_to_;
    started = attach_all();
  } else if (started) {
    prepare_kernel_run();
    const KernelRun::Launching launching(kernel_);
    started = launch_.start();
    init_gone_ = launch_.init() == 0;
    main_id_ = launch_.id();
  }
  if (!started) {
    end_run(LaunchFailed{std::move(started).error()});
    return;
  }
  if (attach_to_ == 0) {
    tree_.add_launched(launch_.id(), spec_.executable);
    launch_.release();
  }
}

void Session::follow() {
  while (!finished()) {
    poll_control();
    std::visit(Overloaded{
                   [&](StopReport&& stop) { dispatch(std::move(stop)); },
                   [&](Ended&& ended) { on_end(ended); },
                   [](WaitInterrupted&&) {},
                   [&](NothingLeft&&) { lose_everything(); },
               },
               reports_.next(tree_.alive()));
  }
}

/// The kernel says that nothing is left: what we still thought alive has gone without a report.
void Session::lose_everything() {
  init_gone_ = true;
  if (tree_.alive() != 0) {
    note(Incomplete::lost_tracee);
    kernel_.ended_all(tree_);
    tree_.lose_all();
  }
}

/// True once nothing of the run is left; ends its namespace when the last process has gone.
bool Session::finished() {
  if (tree_.alive() != 0) {
    return false;
  }
  if (detached_) {
    return true; // it lives on, in namespaces of its own where it has them
  }
  if (!init_gone_) {
    launch_.end_namespaces(); // takes with it whatever we did not see
    return false;
  }
  if (!alone_ || attach_to_ != 0) {
    return true;
  }
  // A child that was killed before its creator could tell of it may still be on its way to us.
  Report last = reports_.next_at_once();
  if (auto* stop = std::get_if<StopReport>(&last)) {
    ending_ = true;
    dispatch(std::move(*stop));
    return false;
  }
  return std::holds_alternative<NothingLeft>(last);
}

void Session::dispatch(StopReport stop) {
  ++stops_;
  const pid_t id = stop.tracee.id();
  Thread* thread = tree_.find(id);
  if (thread == nullptr && std::holds_alternative<ExecEvent>(stop.why)) {
    // A thread other than the leader called exec after the leader had gone.
    const auto former = stop.tracee.message();
    thread = former ? tree_.find(static_cast<pid_t>(*former)) : nullptr;
  }
  if (thread == nullptr) {
    thread = &tree_.add_unknown(id);
  }
  if (is_outdated(*thread, stop)) {
    return;
  }
  if (ending_) {
    ::kill(id, SIGKILL);
  }
  const ResumeAction way = std::visit(
      [&](const auto& event) { return on(*thread, std::move(stop.tracee), event); }, stop.why);
  static_cast<void>(way); // a tracee that vanished reports its end by itself
}

/// A report of a leader that waited here while another thread called exec: that thread has the
/// leader's id now and is in its exec stop, whose own report is on its way.
bool Session::is_outdated(const Thread& thread, const StopReport& stop) const {
  return thread.process != nullptr && thread.id == thread.process->id &&
         thread.process->alive > 1 && !std::holds_alternative<ExecEvent>(stop.why) &&
         stop.tracee.stopped_at_exec();
}

void Session::on_end(const Ended& ended) {
  if (ended.id == launch_.init() && ended.id != 0) {
    init_gone_ = true;
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
  // A target that was let go and still ended under our eyes: then nobody else can wait for it.
  if (ended.id == main_id_ && (!end_ || std::holds_alternative<Detached>(*end_))) {
    end_ = launched_ ? how : RunEnd(LaunchFailed{launch_.failure()});
  }
  Thread* thread = tree_.find(ended.id);
  if (thread == nullptr || thread->process == nullptr) {
    note_early_end(ended.id, how);
  }
  if (thread != nullptr) {
    kernel_.ended(*thread);
    tree_.ended(*thread, how);
    filters_.forget_ended();
    resume_waiting();
  }
}

// ---- one method per event
// -------------------------------------------------------------------------

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const SeccompEvent& /*event*/) {
  // What counts is how the thread got here, not how it is to go on: a thread that has been resumed
  // by PTRACE_SYSCALL had an entry stop, where the call was counted; one that was on its way here
  // by PTRACE_CONT when it was decided to stop it at every call had none.
  const auto info = tracee.syscall_info();
  if (info && !thread.entry_stopped) {
    on_call(thread, tracee, *info);
  }
  return go_on(thread, std::move(tracee));
}

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const SyscallEvent& /*event*/) {
  const auto info = tracee.syscall_info();
  // From an entry stop on, the thread goes on by PTRACE_SYSCALL until the call returns.
  thread.entry_stopped = info && info->point == SyscallInfo::Point::entry;
  if (info && info->point == SyscallInfo::Point::exit && thread.injection) {
    on_injected(thread, tracee, *info);
  } else if (info && info->point == SyscallInfo::Point::exit) {
    on_return(thread, tracee, *info);
  } else if (info && info->point == SyscallInfo::Point::entry) {
    on_call(thread, tracee, *info);
  }
  return go_on(thread, std::move(tracee));
}

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const VforkDoneEvent& /*event*/) {
  return go_on(thread, std::move(tracee));
}

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const ExecEvent& /*event*/) {
  const pid_t id = tracee.id();
  const auto former = tracee.message();
  if (thread.process == nullptr) {
    return go_on(thread, std::move(tracee));
  }
  const std::string path = executable_of(id).value_or(spec_.executable);
  kernel_.executed(tree_, *thread.process, former ? static_cast<pid_t>(*former) : id);
  Thread& caller = tree_.exec(id, former ? static_cast<pid_t>(*former) : id, path);
  if (!launched_) {
    target_executable_ = options_.phases_of.empty() ? path : options_.phases_of;
    on_first_exec(caller);
  }
  filters_.forget_ended();
  filters_.executed(caller);
  resume_waiting();
  kernel_.moved(*caller.process);
  maps_.forget(id);
  if (loses_set_id(id)) {
    note(Incomplete::set_user_id);
  }
  enter(*caller.process, phases_.at_spawn(SpawnTrigger::By::exec, path));
  arm_points(*caller.process, id, path);
  return go_on(caller, std::move(tracee));
}

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const ExitingEvent& /*event*/) {
  return go_on(thread, std::move(tracee));
}

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const GroupStopEvent& /*event*/) {
  if (thread.process == nullptr && !ending_) {
    thread.held = std::move(tracee);
    thread.held_in_group_stop = true;
    return Parked{};
  }
  if (may_leave(thread)) {
    return detach(thread, std::move(tracee), 0);
  }
  if (thread.process != nullptr && thread.process->index == 0 && !ending_) {
    if (const auto signal = signals_.stopped()) {
      send(*signal);
    }
  }
  return std::move(tracee).listen();
}

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const PauseEvent& /*event*/) {
  if (thread.process == nullptr && !ending_) {
    thread.held = std::move(tracee); // until its creator's report tells where it belongs
    return Parked{};
  }
  if (may_leave(thread) && thread.entry_stopped && !restart_interrupted(tracee)) {
    // A signal of its own ends the call: it leaves when that is delivered.
    return std::move(tracee).resume(Until::syscall);
  }
  return go_on(thread, std::move(tracee));
}

ResumeAction Session::on(Thread& thread, StoppedTracee tracee, const DeliveryEvent& event) {
  if (thread.process != nullptr) {
    if (event.signal == SIGTRAP && on_trap(thread, tracee)) {
      return go_on(thread, std::move(tracee));
    }
    enter(*thread.process, phases_.at_signal(event.signal));
  }
  return go_on(thread, std::move(tracee), event.signal);
}

ResumeAction Session::go_on(Thread& thread, StoppedTracee tracee, int signal) {
  if ((thread.hold_until || thread.filters.waiting) && !ending_) {
    thread.held = std::move(tracee); // until a tick after its time, or a filter is installed
    return Parked{};
  }
  if (may_leave(thread)) {
    return detach(thread, std::move(tracee), signal);
  }
  if (std::exchange(thread.leaves_kernel, false)) {
    kernel_.leave(thread);
  }
  const bool to_syscall =
      thread.every_syscall || thread.in_call || thread.entry_stopped || thread.injection;
  return std::move(tracee).resume(to_syscall ? Until::syscall : Until::event, signal);
}

} // namespace harness::tracer
