// SPDX-License-Identifier: Apache-2.0
#include "tracer/launch.hpp"

#include "core/base/fd.hpp"
#include "core/bpf/build.hpp"
#include "core/launch/child_plan.hpp"
#include "core/launch/spawn.hpp"
#include "tracer/phase_filters.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/seccomp.h>
#include <sys/ptrace.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

/// A filter of ours can't be taken back: where a later phase is to run free or behind a filter, or
/// the target is to live on alone, every call stops the other way.
Watch choose_watch(const RunSpec& spec, const TraceOptions& options, bool may_filter) {
  const bool later_filter =
      !options.filters.empty() || options.report_violations || options.detach_after_last_phase;
  if (!may_filter || later_filter) {
    return Watch::every_syscall;
  }
  if (options.mode == Mode::count) {
    return Watch::filter;
  }
  const bool only_phase = options.phases.size() <= 1;
  const bool nothing_to_learn = !options.known.empty() && spec.run_driver == nullptr;
  return only_phase && nothing_to_learn ? Watch::unknown_calls : Watch::every_syscall;
}

} // namespace

int launch_options() {
  return PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
         PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP;
}

struct Launch::State {
  const RunSpec* spec = nullptr;
  const TraceOptions* options = nullptr;
  std::unique_ptr<launch::ChildPlan> plan;
  Watch watch = Watch::filter;
  SyscallSet free_calls;
  FilterProgram filter;
  FilterProgram structure; // not empty: Watch::structure, if the target may have a filter
  launch::Spawned spawned;
  Fd mounts; // the run's mount namespace: its last process need not take it apart

  Result<> fill_watch();
};

Launch::Launch(const RunSpec& spec, const TraceOptions& options)
    : state_(std::make_unique<State>()) {
  state_->spec = &spec;
  state_->options = &options;
}
Launch::~Launch() = default;

void Launch::count_in_kernel(FilterProgram structure) {
  state_->structure = std::move(structure);
}

Result<> Launch::State::fill_watch() {
  if (!options->filters.empty()) {
    plan->forbid_new_privileges();
  }
  watch = choose_watch(*spec, *options, plan->may_filter());
  if (!structure.empty() && plan->may_filter()) {
    watch = Watch::structure;
  }
  if (watch == Watch::every_syscall) {
    return Done{};
  }
  if (watch == Watch::structure) {
    filter = structure;
  } else if (watch == Watch::unknown_calls) {
    free_calls = options->known - always_seen();
    auto program = bpf::trace_all_but(free_calls);
    if (!program) {
      return std::move(program).error();
    }
    filter = std::move(*program);
  } else {
    filter = bpf::trace_all();
  }
  plan->set_filter(filter);
  return Done{};
}

Result<> Launch::start() {
  auto plan = launch::ChildPlan::make(*state_->spec);
  if (!plan) {
    return std::move(plan).error();
  }
  state_->plan = std::move(*plan);
  if (auto filled = state_->fill_watch(); !filled) {
    return filled;
  }
  if (auto there = launch::clone_child(*state_->plan, state_->spawned); !there) {
    return there;
  }
  if (::ptrace(PTRACE_SEIZE, state_->spawned.id, nullptr, launch_options()) != 0) {
    const int code = errno;
    ::kill(state_->spawned.id, SIGKILL);
    if (state_->plan->failed()) { // it has ended already, and reported why
      return failure();
    }
    return Error::from_errno("PTRACE_SEIZE (see kernel.yama.ptrace_scope)", code);
  }
  if (state_->plan->isolated()) { // the child waits for us; not to have it costs time, no more
    const auto path = fmt::format("/proc/{}/ns/mnt", state_->spawned.id);
    state_->mounts = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  return Done{};
}

void Launch::release() {
  state_->plan->release();
}

void Launch::end_namespaces() {
  if (state_->spawned.init != 0) {
    ::kill(state_->spawned.init, SIGKILL);
  }
  state_->mounts.reset();
}

pid_t Launch::id() const {
  return state_->spawned.id;
}
pid_t Launch::init() const {
  return state_->spawned.init;
}
Watch Launch::watch() const {
  return state_->watch;
}
const SyscallSet& Launch::free_calls() const {
  return state_->free_calls;
}

Error Launch::failure() const {
  return state_->plan->failure();
}

} // namespace harness::tracer
