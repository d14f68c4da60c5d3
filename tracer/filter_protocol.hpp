// FilterProtocol: which thread installs which filter, and when a thread's call must wait for that.
// Pure bookkeeping over the ProcessTree: it asks the kernel through FilterKernel and makes no
// ptrace request, so that a test can try every order of events against a scripted kernel.
//
// What holds after each answer of `at_call`: a call proceeds only in a thread that has the filter
// of its process's phase. A thread gets the filter in one of two ways:
//  - for the whole process (TSYNC), where all threads have the same filters: one installation
//  serves
//    all of them, those that wait in the kernel included;
//  - each thread for itself before its next call, where threads have filters of their own: TSYNC
//    would give one thread's filters to the others, or be refused.
// While a thread installs a filter, other threads that share its memory make no new call, so that
// none of them can change the program before the kernel has read it.
//
//   switch (protocol.at_call(thread)) {
//   case AtCall::proceed: …            // the call may be made
//   case AtCall::install: …            // make the thread install protocol.installation(thread)
//   case AtCall::wait: …               // keep it stopped until next_released() returns it
//   }
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/trace_options.hpp"
#include "tracer/tree.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace harness::tracer {

/// What the protocol asks the kernel.
class FilterKernel {
public:
  virtual ~FilterKernel() = default;
  /// How many filters a thread has; nothing if it is gone or the kernel does not tell (before 5.9).
  virtual std::optional<unsigned> filters_of(pid_t thread) const = 0;
  /// The threads of a process, those that have not reported yet included.
  virtual std::vector<pid_t> threads_of_process(pid_t process) const = 0;
};

/// Asks /proc.
class ProcFilterKernel final : public FilterKernel {
public:
  std::optional<unsigned> filters_of(pid_t thread) const override;
  std::vector<pid_t> threads_of_process(pid_t process) const override;
};

/// What becomes of a call at its entry.
enum class AtCall { proceed, install, wait };

class FilterProtocol {
public:
  /// `filters`: a policy's, one a phase, an empty one where a phase has none. All must outlive
  /// this.
  FilterProtocol(const std::vector<FilterProgram>& filters, ProcessTree& tree,
                 const FilterKernel& kernel)
      : filters_(filters), tree_(tree), kernel_(kernel) {}

  /// `thread` is stopped at the entry of a call.
  AtCall at_call(Thread& thread);

  /// The injected seccomp(2) of `thread` is over: its answer (0, a negated errno, or with TSYNC the
  /// id of a thread that has filters of its own), or nothing if the thread is gone. An error says
  /// why not every thread is known to have the filter: the run must end.
  Result<> installed(Thread& thread, std::optional<std::int64_t> answer);

  /// `creator` reported `child`, which the tree has adopted already.
  void cloned(Thread& child, const Thread& creator, bool is_thread);
  /// The tree adopted `child` without its creator's report: nothing is known of its filters.
  void orphaned(Thread& child);
  /// Threads have gone (an end, or an exec that ended the others of its process).
  void forget_ended();
  /// `thread` is the only one of its process now.
  void executed(const Thread& thread) { thread.process->filters.each_thread = false; }

  /// A thread whose call waited and may be looked at again; null if there is none.
  Thread* next_released();

  /// True if the thread has the filter of its process's phase, or none is due.
  bool settled(const Thread& thread) const;

private:
  std::optional<PhaseIndex> wanted(const Process& process) const;
  const Thread* installer_in(const Process& process) const;
  bool same_filters(const Thread& thread) const;
  Result<> verify(const Thread& thread, const Installation& done) const;

  const std::vector<FilterProgram>& filters_;
  ProcessTree& tree_;
  const FilterKernel& kernel_;
  /// An installation under way.
  struct Installer {
    pid_t thread = 0;
    Process* process = nullptr;
    Installation what;
  };
  void after_end(const Installer& gone);

  std::vector<Installer> installers_;
  std::vector<pid_t> waiting_; // threads whose call waits for one, oldest first
};

} // namespace harness::tracer
