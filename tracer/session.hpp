// Session: the life of one run. One loop waits; each kind of event has one method, which ends in a
// visible way on for the tracee. What is looked at besides is left to the rooms' other classes.
#pragma once

#include "harness/model/run_result.hpp"
#include "harness/model/run_spec.hpp"
#include "tracer/control.hpp"
#include "tracer/event.hpp"
#include "tracer/launch.hpp"
#include "tracer/limits.hpp"
#include "tracer/stop_flag.hpp"
#include "tracer/tree.hpp"

#include <optional>
#include <set>
#include <string>

namespace harness::tracer {

/// The tracee was left in its stop on purpose; its Thread holds the token.
struct KeptStopped {};
/// What an event handler did with its tracee.
using WayOn = std::variant<RunningTracee, KeptStopped>;

class Session {
public:
  Session(const RunSpec& spec, StopFlag& stop);
  RunResult run();

private:
  // ---- the loop ---------------------------------------------------------------------------------
  void follow();
  bool finished();
  void dispatch(Halted halted);
  void on_end(const Ended& ended);

  // ---- one method per event ---------------------------------------------------------------------
  WayOn on(Thread& thread, StoppedTracee tracee, const SeccompEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const SyscallEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const CloneEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const VforkDoneEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const ExecEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const ExitingEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const GroupStopEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const PauseEvent& event);
  WayOn on(Thread& thread, StoppedTracee tracee, const DeliveryEvent& event);

  // ---- what they share --------------------------------------------------------------------------
  void on_call(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info);
  void on_first_exec(const StoppedTracee& tracee);
  WayOn go_on(Thread& thread, StoppedTracee tracee, int signal = 0);

  // ---- what comes from outside ------------------------------------------------------------------
  void look_up();
  void take_requests();
  void check_limits();
  void adopt_orphans();

  // ---- the end ----------------------------------------------------------------------------------
  void end_run(RunEnd how);
  void kill_everything();
  void note(Incomplete reason) { incomplete_.insert(reason); }
  RunResult result();

  const RunSpec& spec_;
  StopFlag& stop_;
  TimePoint start_;
  Launch launch_;
  Control control_;
  LimitWatch limits_;
  ProcessTree tree_;

  bool launched_ = false; // the first exec has happened
  bool ending_ = false;   // everything is being killed
  bool init_gone_ = true; // pid 1 of the run's namespace is reaped, or there is none
  bool alone_ = true;     // this thread had no children of its own before
  std::optional<RunEnd> end_;
  std::optional<TimePoint> deadline_; // set by finish()
  std::set<int> requested_signals_;
  std::set<Incomplete> incomplete_;
  std::uint64_t stops_ = 0;
  std::uint32_t ended_by_ = 0; // index of the process whose last calls are shown
};

} // namespace harness::tracer
