#include "tracer/launch.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/bpf/build.hpp"
#include "tracer/isolation.hpp"
#include "tracer/machine.hpp"
#include "tracer/phase_filters.hpp"
#include "tracer/spawn.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const auto& word : words) {
    list.push_back(const_cast<char*>(word.c_str()));
  }
  list.push_back(nullptr);
  return list;
}

struct LimitName {
  std::string_view name;
  int resource;
};
constexpr std::array limit_names = {
    LimitName{"as", RLIMIT_AS},
    LimitName{"core", RLIMIT_CORE},
    LimitName{"cpu", RLIMIT_CPU},
    LimitName{"data", RLIMIT_DATA},
    LimitName{"fsize", RLIMIT_FSIZE},
    LimitName{"memlock", RLIMIT_MEMLOCK},
    LimitName{"nofile", RLIMIT_NOFILE},
    LimitName{"nproc", RLIMIT_NPROC},
    LimitName{"sigpending", RLIMIT_SIGPENDING},
    LimitName{"stack", RLIMIT_STACK},
};

Result<std::vector<ChildSetupLimit>> stub_limits(const std::vector<ResourceLimit>& wanted) {
  std::vector<ChildSetupLimit> limits;
  for (const auto& limit : wanted) {
    const auto* found = std::find_if(limit_names.begin(), limit_names.end(),
                                     [&](const auto& known) { return known.name == limit.name; });
    if (found == limit_names.end()) {
      return Error{fmt::format("no resource limit is called '{}'", printable(limit.name)), EINVAL};
    }
    limits.push_back({found->resource, {limit.value, limit.value}});
  }
  return limits;
}

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
  ChildSetup plan;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::vector<ChildSetupLimit> limits;
  IsolationStorage isolation;
  std::uint64_t ignored_signals = 0;
  std::uint64_t signal_mask = 0;
  Watch watch = Watch::filter;
  SyscallSet free_calls;
  FilterProgram filter;
  sock_fprog filter_header{};
  Spawned spawned;
  Fd mounts; // the run's mount namespace: its last process need not take it apart

  Result<> fill();
  Result<> fill_watch();
};

Launch::Launch(const RunSpec& spec, const TraceOptions& options)
    : state_(std::make_unique<State>()) {
  state_->spec = &spec;
  state_->options = &options;
}
Launch::~Launch() = default;

Result<> Launch::State::fill() {
  if (spec->executable.empty() || spec->executable.front() != '/') {
    return Error{fmt::format("'{}' is no absolute path", printable(spec->executable)), ENOENT};
  }
  arguments = pointers(spec->arguments);
  environment = pointers(spec->environment);
  plan.executable = spec->executable.c_str();
  plan.arguments = arguments.data();
  plan.environment = environment.data();
  plan.directory = spec->directory.empty() ? nullptr : spec->directory.c_str();
  plan.streams[0] = spec->streams.input;
  plan.streams[1] = spec->streams.output;
  plan.streams[2] = spec->streams.error;
  plan.controlling_terminal = spec->streams.controlling_terminal;
  plan.new_session = plan.controlling_terminal;
  plan.umask = spec->identity.umask ? static_cast<long>(*spec->identity.umask) : -1;
  auto wanted_limits = stub_limits(spec->resource_limits);
  if (!wanted_limits) {
    return std::move(wanted_limits).error();
  }
  limits = std::move(*wanted_limits);
  plan.limits = limits.data();
  plan.limit_count = static_cast<unsigned>(limits.size());

  const Machine& here = machine();
  if (spec->isolation) {
    if (auto isolated = prepare_isolation(*spec, here, isolation, plan); !isolated) {
      return std::move(isolated).error().within("isolation");
    }
  } else {
    // As started from the shell that started us.
    ignored_signals = here.ignored_signals;
    signal_mask = here.blocked_signals;
    plan.set_identity = spec->identity.uid || spec->identity.gid;
    plan.uid = spec->identity.uid.value_or(::getuid());
    plan.gid = spec->identity.gid.value_or(::getgid());
  }
  plan.ignored_signals = &ignored_signals;
  plan.signal_mask = &signal_mask;
  return fill_watch();
}

Result<> Launch::State::fill_watch() {
  // The kernel wants one or the other before it takes a filter; without isolation, only a target
  // that is to get filters is told that it can't gain privileges.
  plan.no_new_privileges = plan.no_new_privileges || !options->filters.empty();
  const bool may_filter = plan.no_new_privileges || machine().no_new_privs ||
                          (machine().sys_admin && !plan.set_identity);
  watch = choose_watch(*spec, *options, may_filter);
  if (watch == Watch::every_syscall) {
    return Done{};
  }
  if (watch == Watch::unknown_calls) {
    free_calls = options->known - always_seen();
    auto program = bpf::trace_all_but(free_calls);
    if (!program) {
      return std::move(program).error();
    }
    filter = std::move(*program);
  } else {
    filter = bpf::trace_all();
  }
  filter_header = {static_cast<unsigned short>(filter.size()), filter.data()};
  plan.trace_filter = &filter_header;
  return Done{};
}

Result<> Launch::start() {
  if (auto filled = state_->fill(); !filled) {
    return filled;
  }
  if (auto there = clone_target(state_->plan, state_->spawned); !there) {
    return there;
  }
  if (::ptrace(PTRACE_SEIZE, state_->spawned.id, nullptr, launch_options()) != 0) {
    const int code = errno;
    ::kill(state_->spawned.id, SIGKILL);
    if (state_->plan.failed_step != ChildSetupStep::none) { // it has ended already, and said why
      return failure();
    }
    return Error::from_errno("PTRACE_SEIZE (see kernel.yama.ptrace_scope)", code);
  }
  if (state_->plan.isolate) { // the stub waits for us; not to have it costs time, no more
    const auto path = fmt::format("/proc/{}/ns/mnt", state_->spawned.id);
    state_->mounts = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  return Done{};
}

void Launch::release() {
  __atomic_store_n(&state_->plan.go, 1U, __ATOMIC_RELEASE);
  ::syscall(SYS_futex, &state_->plan.go, FUTEX_WAKE, INT_MAX);
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
  const ChildSetup& plan = state_->plan;
  if (plan.failed_step == ChildSetupStep::none) {
    return Error{"killed by a signal before its exec", EINTR};
  }
  Error error = Error::from_errno(child_setup_step_text(plan.failed_step), plan.failed_code);
  return plan.failed_step == ChildSetupStep::exec
             ? std::move(error).within(printable(state_->spec->executable))
             : error;
}

} // namespace harness::tracer
