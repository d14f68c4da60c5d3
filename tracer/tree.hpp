// ProcessTree: every process and thread of a run, alive or gone, and what is counted of each. Knows
// no ptrace request; the session tells it what happened.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "tracer/call_table.hpp"
#include "tracer/faults.hpp"
#include "tracer/filter_injection.hpp"
#include "tracer/filter_state.hpp"
#include "tracer/memory_points.hpp"
#include "tracer/phase_plan.hpp"
#include "tracer/tracee.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace harness::tracer {

struct Process;

struct Thread {
  pid_t id = 0;
  Process* process = nullptr; // null: its creator has not been heard of yet
  std::string name;
  CallTable calls;
  SyscallInfo entry;                        // the call it is in, or was in last
  bool in_call = false;                     // an exit stop is due for `entry`
  bool entry_stopped = false;               // the call under way had an entry stop: it is counted
  std::optional<PhaseIndex> phase_at_exit;  // to enter when `entry` returns
  bool made_calls = false;                  // `entry` is a call, so the next one follows it
  PhaseIndex entry_phase = 0;               // in which `entry` was made
  std::optional<FilterInjection> injection; // of ours, under way
  ThreadFilters filters;
  std::optional<SyscallInfo> put_off;  // a call that an injection put off: it comes again
  std::optional<ToRestore> restore;    // when `entry` returns
  std::optional<int> fails_with;       // a fault: the errno of `entry`
  std::optional<TimePoint> hold_until; // a fault: `entry` comes late
  bool every_syscall = false;          // goes on with PTRACE_SYSCALL
  bool own_filter = false;             // it has installed, or inherited, a filter of its own
  /// It is in a call that creates a task, with these CLONE_ flags, and has not reported the child.
  std::optional<std::uint64_t> creates;
  bool in_kernel = false;                   // its calls are counted in the kernel, not at stops
  bool leaves_kernel = false;               // ... from its next stop on
  std::optional<std::uint32_t> kernel_slot; // where they are counted, or were
  std::optional<StoppedTracee> held;        // not resumed yet: waits for its creator's report
  bool held_in_group_stop = false;          // `held` is a job-control stop, which must go on
  unsigned held_ticks = 0;
};

struct Process {
  std::uint32_t index = 0; // into RunResult::processes
  pid_t id = 0;
  std::optional<std::uint32_t> parent;
  std::uint32_t executable = 0;
  std::string name;
  PhaseIndex phase = 0;
  PhaseProgress progress;
  std::shared_ptr<MemoryPoints> points; // shared by processes that share memory
  bool listens = false;                 // it or an ancestor called listen(2)
  ProcessFilters filters;
  bool free_failed = false; // discover: the kernel refused the filter
  bool detaching = false;   // its threads leave the trace at their next stop
  std::uint64_t calls = 0;
  std::uint64_t calls_in_phase = 0;
  std::uint64_t calls_since_new = 0;        // since one that was new in its phase
  std::array<SyscallId, 16> last_calls{};   // a ring: call n is at n modulo its size
  std::optional<std::uint32_t> kernel_slot; // where its calls are counted in the kernel
  std::uint64_t kernel_calls = 0;           // of `calls`, those that were counted there
  std::optional<RunEnd> end;
  unsigned alive = 0; // threads
  struct Gone {
    pid_t id = 0;
    std::string name;
    CallTable calls;
  };
  std::vector<Gone> gone;
};

/// What a new task takes over from the one that creates it.
struct Inheritance {
  Process* process = nullptr; // the creator's; it may have ended meanwhile
  std::string name;
  bool every_syscall = false;
  bool own_filter = false;
  std::uint32_t executable = 0;
  PhaseIndex phase = 0;
  PhaseProgress progress;
  std::shared_ptr<MemoryPoints> points;
  bool listens = false;
  std::optional<PhaseIndex> newest_filter; // of the creator
  std::optional<PhaseIndex> learned;       // as ProcessFilters
};
Inheritance inheritance_of(const Thread& creator);
/// Of a process, where it is not known which of its threads created the task.
Inheritance inheritance_of(Process& process);

/// A thread that ended in a call that creates a task, before it could report the child.
struct LostCreator {
  Inheritance inheritance;
  std::uint64_t flags = 0; // CLONE_
  unsigned ticks = 0;      // since then
};

class ProcessTree {
public:
  /// The launched process; called once, first.
  Thread& add_launched(pid_t id, const std::string& executable);
  /// A thread whose creator is not known yet.
  Thread& add_unknown(pid_t id);
  /// Gives `child` its place: a thread of `creator`'s process, or a process of its own, which may
  /// share its creator's memory.
  struct Kinship {
    bool is_thread = false;
    bool shares_memory = false;
  };
  void adopt(Thread& child, const Thread& creator, Kinship kinship);
  void adopt(Thread& child, const Inheritance& from, Kinship kinship);
  /// Threads that ended before they could report the child that they were creating, oldest first.
  std::vector<LostCreator>& lost_creators() { return lost_creators_; }
  /// `caller` (formerly `former_id`) is now the only thread of its process and runs `executable`.
  /// Returns it under its new id.
  Thread& exec(pid_t id, pid_t former_id, const std::string& executable);
  /// The thread is gone; with the last one its process is.
  void ended(Thread& thread, const RunEnd& how);

  /// Null if there is no such living thread.
  Thread* find(pid_t id);
  Process& process(std::uint32_t index) { return *processes_[index]; }
  std::size_t alive() const { return threads_.size(); }
  template <typename Visit> void each_thread(Visit visit) {
    for (auto& [id, thread] : threads_) {
      visit(*thread);
    }
  }
  template <typename Visit> void each_process(Visit visit) {
    for (auto& process : processes_) {
      visit(*process);
    }
  }
  std::size_t process_count() const { return processes_.size(); }
  /// The launched process or, once that has gone, the oldest one alive; null if none is.
  const Process* main_process() const;
  /// Nobody is left, though some have not reported their end.
  void lose_all();
  /// The thread leaves the trace alive.
  void released(Thread& thread);
  /// Oldest first.
  std::vector<SyscallId> last_calls(std::uint32_t process) const;
  const std::string& executable(std::uint32_t index) const { return executables_[index]; }
  std::uint32_t executable_index(const std::string& path);

  /// Moves what was gathered into `result`: executables, sightings, processes.
  void report(RunResult& result);

private:
  Process& new_process(pid_t id, std::optional<std::uint32_t> parent);
  void retire(Thread& thread);

  std::vector<std::unique_ptr<Process>> processes_;
  std::unordered_map<pid_t, std::unique_ptr<Thread>> threads_;
  std::vector<LostCreator> lost_creators_;
  std::vector<std::string> executables_;
  Thread* last_found_ = nullptr;
};

} // namespace harness::tracer
