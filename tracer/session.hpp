// Session: the life of one run. One loop waits; each kind of event has one method, which ends in a
// visible way on for the tracee. What is looked at besides is left to the room's other classes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/run_spec.hpp"
#include "core/model/trace_options.hpp"
#include "tracer/backtrace.hpp"
#include "tracer/control.hpp"
#include "tracer/event.hpp"
#include "tracer/faults.hpp"
#include "tracer/filter_protocol.hpp"
#include "tracer/kernel_run.hpp"
#include "tracer/launch.hpp"
#include "tracer/limits.hpp"
#include "tracer/observer.hpp"
#include "tracer/phase_filters.hpp"
#include "tracer/phase_watch.hpp"
#include "tracer/report_queue.hpp"
#include "tracer/signal_plan.hpp"
#include "tracer/stop_flag.hpp"
#include "tracer/tree.hpp"
#include "tracer/wait_log.hpp"
#include "tracer/watched_call.hpp"

#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace harness::tracer {

/// The tracee was left in its stop on purpose; its Thread holds the token.
struct Parked {};
/// What an event handler did with its tracee.
using ResumeAction = std::variant<RunningTracee, Parked>;

class Session {
public:
  struct Extras {
    WaitLog* waits = nullptr;
    pid_t attach_to = 0;            // 0: the run is launched
    KernelMemory* kernel = nullptr; // where calls are counted if the run allows it
  };
  Session(const RunSpec& spec, const TraceOptions& options, StopFlag& stop, const Extras& extras);
  RunResult run();

private:
  // ---- the loop (session.cpp) -------------------------------------------------------------------
  void begin();
  Result<> plan();
  void follow();
  bool finished();
  void dispatch(StopReport stop);
  void on_end(const Ended& ended);
  bool is_outdated(const Thread& thread, const StopReport& stop) const;
  void lose_everything();

  // ---- one method per event ---------------------------------------------------------------------
  ResumeAction on(Thread& thread, StoppedTracee tracee, const SeccompEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const SyscallEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const CloneEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const VforkDoneEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const ExecEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const ExitingEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const GroupStopEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const PauseEvent& event);
  ResumeAction on(Thread& thread, StoppedTracee tracee, const DeliveryEvent& event);
  ResumeAction go_on(Thread& thread, StoppedTracee tracee, int signal = 0);

  // ---- calls (session_calls.cpp) ----------------------------------------------------------------
  void on_call(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);
  void on_return(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);
  void on_first_exec(Thread& thread);
  void move_phase(Thread& thread, const SyscallInfo& info);
  /// `tracee` is null where the thread can't be looked at.
  void count(Thread& thread, const StoppedTracee* tracee, const SyscallInfo& info);
  void watch_readiness(const Process& process, const SyscallInfo& info);
  void keep_site(const Process& process, const StoppedTracee& tracee, std::uint64_t key);
  void log_wait(const Thread& thread, const StoppedTracee& tracee, const SyscallInfo& info);
  void apply_faults_and_signals(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);
  void inspect_syscall(Thread& thread, const StoppedTracee& tracee, const SyscallInfo& info,
                       WatchedCall call);
  void on_filter_call(Thread& thread, const StoppedTracee& tracee, const SyscallInfo& exit);
  void follow_untraced(Thread& thread, const StoppedTracee& tracee, const SyscallInfo& info);
  void trace_all_syscalls(Thread& thread, bool all_threads);

  void observe_and_count(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);

  // ---- calls that are counted in the kernel (session_kernel.cpp) --------------------------------
  void prepare_kernel_run();
  void begin_kernel_run(Thread& thread);
  void on_structural_call(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);
  void watch_for_readiness(Thread& thread);
  void end_kernel_run();

  // ---- new tasks (session_tasks.cpp) ------------------------------------------------------------
  void place_child(Thread& creator, pid_t id, std::optional<std::uint64_t> flags);
  void note_early_end(pid_t id, const RunEnd& how);
  void release_held(Thread& thread);
  void adopt_orphans();
  void adopt_orphan(Thread& orphan);
  bool adopt_from_lost(Thread& orphan);
  void adopt_as_stranger(Thread& orphan, const Thread* relative);

  // ---- filters (session_filters.cpp) ------------------------------------------------------------
  /// False if the call must not be made yet: the thread installs a filter first, or waits until
  /// another one has.
  bool apply_filters(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);
  bool install_filter(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);
  const FilterProgram& filter_for(const Process& process);
  /// What installing a filter can't do without and an earlier filter of the policy refuses; null:
  /// nothing.
  const char* refused_call(const Thread& thread, AuditArch arch) const;
  std::string phase_name(PhaseIndex phase) const;
  bool ready_to_free(const Process& process) const;
  SyscallSet known_now() const;
  void on_injected(Thread& thread, StoppedTracee& tracee, const SyscallInfo& exit);
  void resume_waiting();
  /// Lets the process go once it is in its last phase, with its filter, if the spec says so.
  void detach_if_due(Process& process);
  bool may_leave(const Thread& thread) const;
  RunningTracee detach(Thread& thread, StoppedTracee tracee, int signal);

  // ---- phases (session_phases.cpp) --------------------------------------------------------------
  void enter(Process& process, std::optional<PhaseIndex> phase);
  void enter_everywhere(std::optional<PhaseIndex> phase);
  /// True if process `id` executes a set-id program that can't gain what it would gain untraced.
  bool loses_set_id(pid_t id) const;
  void arm_points(Process& process, pid_t id, const std::string& executable);
  /// True if the trap was one of our breakpoints: the signal is not the target's.
  bool on_trap(Thread& thread, StoppedTracee& tracee);

  // ---- what comes from outside (session_control.cpp) --------------------------------------------
  void poll_control();
  void take_requests();
  void on_tick();
  void resume_late_calls(TimePoint time);
  void send(const SignalToSend& what);

  // ---- following a process that was there before us (session_attach.cpp) ------------------------
  Result<> attach_all();
  void add_attached(pid_t id, const std::string& path);
  void let_go();

  // ---- the end ----------------------------------------------------------------------------------
  void end_run(RunEnd how);
  void kill_everything();
  void note(Incomplete reason) { incomplete_.insert(reason); }
  RunResult result();

  const RunSpec& spec_;
  const TraceOptions& options_;
  StopFlag& stop_;
  TimePoint start_;
  Launch launch_;
  Control control_;
  LimitWatch limits_;
  PhaseWatch phases_;
  SignalPlan signals_;
  FaultPlan faults_;
  Observer observer_;
  ViolationBook violations_;
  KernelRun kernel_;
  ProcessTree tree_;
  ReportQueue reports_;
  std::unordered_map<pid_t, RunEnd> ended_early_; // before their creator's report
  ProcFilterKernel filter_kernel_;
  FilterProtocol filters_;
  FilterProgram free_filter_; // discover: built once, when the first process is ready for it

  bool launched_ = false;         // the first exec has happened
  bool ready_ = false;            // somebody listens and waits
  bool faulted_ = false;          // a fault has taken effect
  bool detached_ = false;         // the target lives on without us
  bool ending_ = false;           // everything is being killed
  bool init_gone_ = true;         // pid 1 of the run's namespace is reaped, or there is none
  bool alone_ = true;             // this thread had no children of its own before
  std::string target_executable_; // as the kernel names it
  std::optional<RunEnd> end_;
  std::optional<TimePoint> deadline_; // set by finish()
  MapsCache maps_;
  WaitLog* waits_;
  pid_t attach_to_ = 0;                                      // 0: the run is launched
  pid_t main_id_ = 0;                                        // the process whose end is the run's
  std::map<std::uint64_t, std::vector<CodeLocation>> sites_; // of first sightings
  CallTable sighted_;                                        // what has been seen by any thread
  std::set<std::uint64_t> only_faulted_;                     // of these, first seen after a fault
  SyscallSet freed_; // ran without a stop in the last phase of some process
  std::set<int> requested_signals_;
  std::set<Incomplete> incomplete_;
  std::set<PhaseIndex> reached_;
  std::vector<PhaseEntry> entries_;
  std::uint64_t stops_ = 0;
};

} // namespace harness::tracer
