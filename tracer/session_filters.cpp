// Session: filters that are installed in the running target: a policy's, phase by phase, and the
// one that lets known calls run free in discover; and letting the target go.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "core/bpf/build.hpp"
#include "core/bpf/evaluate.hpp"
#include "tracer/interrupt.hpp"

#include <fmt/format.h>
#include <linux/seccomp.h>
#include <sys/ptrace.h>

namespace harness::tracer {

namespace {

/// Without a known set: learned enough once so many calls in a row were nothing new.
constexpr std::uint64_t dry_stretch = 200;
/// A server that listens and is never seen to wait must not be stopped at each call forever.
constexpr std::uint64_t patience_calls = 500;

/// Whether a filter lets an injected call run, whatever its arguments are.
bool lets_run(const FilterProgram& filter, Injection::Call call, AuditArch arch) {
  seccomp_data data{};
  data.nr = injected_number(call, arch);
  data.arch = static_cast<std::uint32_t>(arch);
  const auto verdict = bpf::evaluate(filter, data);
  return verdict && bpf::lets_run(*verdict);
}

} // namespace

bool Session::apply_filters(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info) {
  Process& process = *thread.process;
  if (!process.filters.learned && ready_to_free(process)) {
    if (free_filter_.empty()) {
      if (auto built = bpf::trace_all_but(known_now())) {
        free_filter_ = std::move(*built);
        freed_ = freed_ | known_now();
      }
    }
    if (!free_filter_.empty()) {
      process.filters.learned = process.phase;
    }
  }
  switch (filters_.at_call(thread)) {
  case AtCall::proceed:
    detach_if_due(process);
    return true;
  case AtCall::wait:
    thread.put_off = info; // it is looked at a second time
    return false;
  case AtCall::install:
    thread.put_off = info;
    return install_filter(thread, tracee, info);
  }
  return true;
}

const FilterProgram& Session::filter_for(const Process& process) {
  return options_.filters.empty() ? free_filter_ : options_.filters[process.phase];
}

const char* Session::refused_call(const Thread& thread, AuditArch arch) const {
  if (!thread.filters.newest || *thread.filters.newest >= options_.filters.size()) {
    return nullptr;
  }
  const FilterProgram& filter = options_.filters[*thread.filters.newest];
  if (!lets_run(filter, Injection::Call::mmap, arch)) {
    return "mmap";
  }
  return lets_run(filter, Injection::Call::seccomp, arch) ? nullptr : "seccomp";
}

bool Session::install_filter(Thread& thread, StoppedTracee& tracee, const SyscallInfo& info) {
  const Process& process = *thread.process;
  // An earlier filter may refuse what we inject; where we may, we suspend filters meanwhile.
  const bool suspended = ::ptrace(PTRACE_SETOPTIONS, tracee.id(), nullptr,
                                  launch_options() | PTRACE_O_SUSPEND_SECCOMP) == 0;
  const char* refused = suspended ? nullptr : refused_call(thread, info.call.arch);
  if (refused != nullptr) {
    end_run(TracerFailed{Error{fmt::format(
        "the filter of phase {} refuses {}, without which the filter of phase {} can't be "
        "installed; make the policy again with this version, or run as root",
        phase_name(*thread.filters.newest), refused, phase_name(process.phase))}});
    return false;
  }
  const FilterProgram& program = filter_for(process);
  thread.injection = FilterInjection::begin(
      tracee, info,
      {.program = program,
       .whole_process = thread.filters.installing->whole_process,
       .unmap = suspended || lets_run(program, Injection::Call::munmap, info.call.arch)});
  if (!thread.injection) { // it vanished; its end is on its way, and it makes no call before
    thread.filters.waiting = true;
  }
  return false;
}

std::string Session::phase_name(PhaseIndex phase) const {
  return phase < options_.phases.size() ? options_.phases[phase].name : std::to_string(phase);
}

bool Session::ready_to_free(const Process& process) const {
  if (options_.mode != Mode::discover || process.free_failed || process.phase != phases_.last() ||
      !options_.filters.empty()) {
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

void Session::on_injected(Thread& thread, StoppedTracee& tracee, const SyscallInfo& exit) {
  if (!thread.injection->advance(tracee, exit)) {
    return;
  }
  ::ptrace(PTRACE_SETOPTIONS, thread.id, nullptr, launch_options());
  const FilterInjection done = std::move(*thread.injection);
  thread.injection.reset();
  Process& process = *thread.process;
  const Installation what = *thread.filters.installing;
  auto installed = filters_.installed(thread, done.answer());
  const bool policy = !options_.filters.empty();
  if (!installed && policy) {
    end_run(TracerFailed{std::move(installed).error().within(
        fmt::format("installing the filter of phase {} in process {} ({})", phase_name(what.filter),
                    process.id, done.failed_call()))});
    return;
  }
  if (!installed) { // no right to filter: its calls go on being counted
    process.free_failed = true;
    process.filters.learned.reset();
  } else if (!policy && thread.filters.newest) {
    tree_.each_thread([&](Thread& other) {
      if (other.process == &process && other.filters.newest) {
        other.every_syscall = false;
      }
    });
  }
  if (filters_.settled(thread)) {
    detach_if_due(process);
  }
  resume_waiting();
}

/// Looks once more at the calls that waited for an installation.
void Session::resume_waiting() {
  while (Thread* thread = filters_.next_released()) {
    if (!thread->held) {
      continue;
    }
    StoppedTracee held = std::move(*thread->held);
    thread->held.reset();
    if (const auto info = held.syscall_info()) {
      on_call(*thread, held, *info);
    }
    static_cast<void>(go_on(*thread, std::move(held)));
  }
}

/// Each thread leaves at its next stop. Those that wait in a call, or compute, are interrupted
/// where the program can't notice; the others come by themselves.
void Session::detach_if_due(Process& process) {
  if (process.detaching || !options_.detach_after_last_phase || process.phase != phases_.last() ||
      !launched_) {
    return;
  }
  process.detaching = true;
  tree_.each_thread([&](Thread& thread) {
    const bool may = thread.process == &process && filters_.settled(thread) && !thread.held;
    if (may && (!thread.entry_stopped || can_interrupt(thread.entry))) {
      ::ptrace(PTRACE_INTERRUPT, thread.id, nullptr, nullptr);
    }
  });
}

bool Session::may_leave(const Thread& thread) const {
  return thread.process != nullptr && thread.process->detaching && !ending_ && !thread.injection &&
         !thread.restore && filters_.settled(thread);
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
