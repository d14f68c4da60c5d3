// KernelRun: one run whose calls are counted in the kernel: which threads are, and how their counts
// come into the ProcessTree. Inactive where there is no observer or the run needs stops.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_spec.hpp"
#include "core/model/trace_options.hpp"
#include "tracer/kernel_memory.hpp"
#include "tracer/tree.hpp"

#include <string>

namespace harness::tracer {

/// Why such a run needs a stop at each call, in the words of docs/design/observers.md; empty
/// if it does not.
std::string needs_stops(const RunSpec& spec, const TraceOptions& options);

class KernelRun {
public:
  /// `memory` may be null.
  KernelRun(const RunSpec& spec, const TraceOptions& options, KernelMemory* memory);
  ~KernelRun(); // the memory is ready for another run
  KernelRun(const KernelRun&) = delete;
  KernelRun& operator=(const KernelRun&) = delete;

  bool active() const { return memory_ != nullptr; }
  /// While it lives, what this thread clones is followed.
  class Launching {
  public:
    explicit Launching(const KernelRun& run) : run_(run) {
      if (run_.active()) {
        run_.memory_->mark_launch();
      }
    }
    ~Launching() {
      if (run_.active()) {
        run_.memory_->unmark_launch();
      }
    }
    Launching(const Launching&) = delete;
    Launching& operator=(const Launching&) = delete;

  private:
    const KernelRun& run_;
  };
  /// The run is counted by stops after all.
  void give_up();

  /// A new thread, which has not run yet: counted in the kernel if its creator is. Else, or if the
  /// kernel has no room for it, all of its calls stop.
  void adopt(Thread& thread);
  /// The process is in its phase, and runs its executable, from now on.
  void moved(Process& process);
  /// The process's calls and the last of them, as of now.
  void update(Process& process);
  /// The thread's next call was to be a clone that is not traced.
  void hides_untraced(const Thread& thread);
  /// The thread is stopped; from its call on it is counted by stops.
  void leave(Thread& thread);
  /// The process has executed something: only the thread that did, by its former id, is left of it.
  void executed(ProcessTree& tree, const Process& process, pid_t survivor);
  /// The thread is about to leave the tree.
  void ended(Thread& thread);
  /// Everybody who is still there is about to.
  void ended_all(ProcessTree& tree);

  /// True if the kernel counted something; `lost` if not all of it.
  bool used() const { return used_; }
  bool lost() const { return active() && memory_->lost() != 0; }
  KernelTotals totals();

private:
  KernelMemory* memory_;
  bool used_ = false;
};

} // namespace harness::tracer
