// SPDX-License-Identifier: Apache-2.0
#include "tracer/kernel_run.hpp"

#include <algorithm>
#include <sched.h>

namespace harness::tracer {

std::string needs_stops(const RunSpec& spec, const TraceOptions& options) {
  if (!spec.faults.empty()) {
    return "faults are injected";
  }
  if (!spec.signals.empty()) {
    return "signals are sent at certain calls";
  }
  if (!options.filters.empty() || options.report_violations) {
    return "a policy is enforced or checked";
  }
  if (options.detach_after_last_phase) {
    return "the target is let go";
  }
  if (options.observe.sites && options.known_sites.empty()) {
    return "code locations are asked for";
  }
  return "";
}

KernelRun::KernelRun(const RunSpec& spec, const TraceOptions& options, KernelMemory* memory)
    : memory_(memory != nullptr && needs_stops(spec, options).empty() ? memory : nullptr) {
  if (memory_ != nullptr) {
    const bool errors = options.observe.all_errno || !options.observe.errno_of.empty();
    if (errors && !memory_->sees_errors()) {
      memory_ = nullptr;
      return;
    }
    memory_->begin_run(
        {.edges = options.observe.edges, .arguments = options.observe.arguments, .errors = errors});
  }
}

KernelRun::~KernelRun() {
  give_up();
}

void KernelRun::give_up() {
  if (memory_ != nullptr) {
    memory_->end_run();
    memory_ = nullptr;
  }
}

void KernelRun::adopt(Thread& thread) {
  if (!active()) {
    return;
  }
  thread.kernel_slot = memory_->find(thread.id);
  thread.in_kernel = thread.kernel_slot.has_value();
  if (!thread.in_kernel) {
    thread.every_syscall = true;
    return;
  }
  used_ = true;
  Process& process = *thread.process;
  if (!process.kernel_slot) {
    process.kernel_slot = memory_->process_of(*thread.kernel_slot);
    process.kernel_calls = memory_->calls(*process.kernel_slot);
    moved(process);
  }
}

void KernelRun::moved(Process& process) {
  if (process.kernel_slot) {
    memory_->set_executable(*process.kernel_slot, process.executable);
    memory_->set_phase(*process.kernel_slot, process.phase);
  }
}

void KernelRun::update(Process& process) {
  if (!process.kernel_slot) {
    return;
  }
  const std::uint64_t calls = memory_->calls(*process.kernel_slot);
  const std::uint64_t news = calls - process.kernel_calls;
  const std::uint64_t kept = std::min<std::uint64_t>(news, process.last_calls.size());
  process.calls += news - kept;
  for (std::uint64_t n = calls - kept; n < calls; ++n) {
    process.last_calls[process.calls % process.last_calls.size()] =
        memory_->last(*process.kernel_slot, n);
    ++process.calls;
  }
  process.kernel_calls = calls;
}

void KernelRun::hides_untraced(const Thread& thread) {
  if (thread.in_kernel) {
    memory_->restore_flags(*thread.kernel_slot, CLONE_UNTRACED);
  }
}

void KernelRun::leave(Thread& thread) {
  if (!thread.in_kernel) {
    return;
  }
  memory_->turn_off(*thread.kernel_slot);
  memory_->take(*thread.kernel_slot, thread.calls);
  update(*thread.process);
  if (const auto previous = memory_->previous(*thread.kernel_slot)) {
    thread.entry.call = *previous;
    thread.made_calls = true;
  }
  thread.in_kernel = false;
  thread.every_syscall = true;
}

void KernelRun::executed(ProcessTree& tree, const Process& process, pid_t survivor) {
  if (!process.kernel_slot) {
    return;
  }
  tree.each_thread([&](Thread& thread) {
    if (thread.process == &process && thread.id != survivor && thread.kernel_slot) {
      memory_->take(*thread.kernel_slot, thread.calls);
      if (thread.kernel_slot != process.kernel_slot) {
        memory_->release(*thread.kernel_slot);
      }
      thread.kernel_slot.reset();
      thread.in_kernel = false;
    }
  });
}

void KernelRun::ended(Thread& thread) {
  if (!active() || thread.process == nullptr) {
    return;
  }
  Process& process = *thread.process;
  const bool last = process.alive == 1;
  if (thread.kernel_slot) {
    memory_->take(*thread.kernel_slot, thread.calls);
    if (thread.kernel_slot != process.kernel_slot) {
      memory_->release(*thread.kernel_slot);
    }
    thread.kernel_slot.reset();
    thread.in_kernel = false;
  }
  if (last && process.kernel_slot) {
    update(process);
    memory_->release(*process.kernel_slot);
    process.kernel_slot.reset();
  }
}

void KernelRun::ended_all(ProcessTree& tree) {
  if (!active()) {
    return;
  }
  tree.each_thread([&](Thread& thread) {
    if (thread.process != nullptr && thread.kernel_slot) {
      memory_->take(*thread.kernel_slot, thread.calls);
      update(*thread.process);
      thread.kernel_slot.reset();
      thread.in_kernel = false;
    }
  });
}

KernelTotals KernelRun::totals() {
  return active() ? memory_->totals() : KernelTotals{};
}

} // namespace harness::tracer
