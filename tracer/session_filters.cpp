// Session: filters that are installed in the running target: a policy's, phase by phase, and the
// one that lets known calls run free in discover; and letting the target go.
#include "tracer/session.hpp"

#include "core/bpf/build.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sys/ptrace.h>

namespace harness::tracer {

namespace {

/// Without a known set: learned enough once so many calls in a row were nothing new.
constexpr std::uint64_t dry_stretch = 200;
/// A server that listens and is never seen to wait must not be stopped at each call forever.
constexpr std::uint64_t patience_calls = 500;

} // namespace

bool Session::install_filter(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info) {
  Process& process = *thread.process;
  const FilterProgram* program = nullptr;
  FilterProgram learned;
  if (process.phase < options_.filters.size() && !options_.filters[process.phase].empty() &&
      process.filtered_phase != process.phase) {
    program = &options_.filters[process.phase];
  } else if (ready_to_free(process)) {
    auto built = bpf::trace_all_but(known_now());
    if (!built) {
      return false;
    }
    learned = std::move(*built);
    program = &learned;
  }
  if (program == nullptr) {
    detach_if_due(process);
    return false;
  }
  // An earlier filter may refuse seccomp(2) itself; where we may, we suspend filters meanwhile.
  ::ptrace(PTRACE_SETOPTIONS, tracee.id(), nullptr, launch_options() | PTRACE_O_SUSPEND_SECCOMP);
  thread.injection = Injection::begin(tracee, info, install_call(*program, info));
  return thread.injection.has_value();
}

bool Session::ready_to_free(const Process& process) const {
  if (options_.mode != Mode::discover || process.freed || process.free_failed ||
      process.phase != phases_.last() || !options_.filters.empty()) {
    return false;
  }
  const bool heard =
      ready_ || spec_.run_driver == nullptr || process.calls_in_phase >= patience_calls;
  const bool learned = !options_.known.empty() || process.calls_since_new >= dry_stretch;
  return heard && learned;
}

/// Known from earlier runs, and seen in the last phase of this one.
SyscallSet Session::known_now() const {
  SyscallSet known = options_.known;
  for (const auto& entry : sighted_.sorted()) {
    if (const CallKey key = unpack(entry.key); key.phase == phases_.last()) {
      known.insert(key.call);
    }
  }
  return known - always_seen();
}

void Session::on_installed(Thread& thread, std::optional<std::int64_t> answer) {
  ::ptrace(PTRACE_SETOPTIONS, thread.id, nullptr, launch_options());
  thread.again = true;
  Process& process = *thread.process;
  if (!answer) {
    return; // the thread was killed; its end is on its way
  }
  const bool policy = !options_.filters.empty();
  if (*answer != 0 && policy) {
    end_run(TracerFailed{Error::from_errno(
        fmt::format("installing the filter of phase {} in the target", process.phase),
        *answer < 0 ? static_cast<int>(-*answer) : EBUSY)});
    return;
  }
  if (policy) {
    process.filtered_phase = process.phase;
  } else if (*answer == 0) {
    free_process(process);
  } else {
    process.free_failed = true; // no right to filter: its calls go on being counted
  }
}

void Session::free_process(Process& process) {
  process.freed = true;
  freed_ = freed_ | known_now();
  tree_.each_thread([&](Thread& thread) {
    if (thread.process == &process) {
      thread.every_syscall = false;
    }
  });
}

/// Each thread leaves at its next stop: an interrupt would end a wait of its with EINTR.
void Session::detach_if_due(Process& process) {
  process.detaching = process.detaching || (options_.detach_after_last_phase &&
                                            process.phase == phases_.last() && launched_);
}

RunningTracee Session::detach(Thread& thread, StoppedTracee tracee, int signal) {
  Process& process = *thread.process;
  process.points->disarm(tracee.id());
  if (process.index == 0) {
    detached_ = true;
    end_ = Detached{};
  }
  tree_.released(thread);
  return std::move(tracee).detach(signal);
}

} // namespace harness::tracer
