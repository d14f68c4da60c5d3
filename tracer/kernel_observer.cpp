// SPDX-License-Identifier: Apache-2.0
#include "tracer/kernel_observer.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "tracer/argument_rules.hpp"
#include "tracer/bpf/observe.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#ifdef HARNESS_KERNEL_OBSERVER
#include "observe.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#endif

namespace harness::tracer {

namespace {

constexpr const char* kernel_types = "/sys/kernel/btf/vmlinux";

/// True if the bits are all in our effective capabilities.
bool has_capabilities(std::uint64_t wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) {
    return false;
  }
  const std::uint64_t have = data[0].effective | static_cast<std::uint64_t>(data[1].effective)
                                                     << 32;
  return (have & wanted) == wanted;
}

constexpr std::uint64_t bit(int capability) {
  return std::uint64_t{1} << capability;
}

/// Under "confidentiality" no program may read the kernel's memory, and ours has to.
bool locked_down() {
  const auto state = read_file("/sys/kernel/security/lockdown", 256);
  return state && state->find("[confidentiality]") != std::string::npos;
}

} // namespace

std::optional<KernelObserverProblem> kernel_observer_problem() {
#ifndef HARNESS_KERNEL_OBSERVER
  return KernelObserverProblem{
      "this build has no in-kernel observer",
      "build with libbpf-dev, bpftool and clang installed (meson -Dkernel_observer=enabled)"};
#else
  if (::access(kernel_types, R_OK) != 0) {
    return KernelObserverProblem{fmt::format("{} is missing", kernel_types),
                                 "boot a kernel with CONFIG_DEBUG_INFO_BTF=y"};
  }
  const bool allowed =
      has_capabilities(bit(CAP_BPF) | bit(CAP_PERFMON)) || has_capabilities(bit(CAP_SYS_ADMIN));
  if (!allowed) {
    return KernelObserverProblem{"CAP_BPF and CAP_PERFMON are missing",
                                 "run as root, or setcap cap_bpf,cap_perfmon+ep on harness; in a "
                                 "container --cap-add BPF --cap-add PERFMON"};
  }
  if (locked_down()) {
    return KernelObserverProblem{"the kernel is locked down (confidentiality)",
                                 "boot with lockdown=integrity or without lockdown"};
  }
  return std::nullopt;
#endif
}

#ifdef HARNESS_KERNEL_OBSERVER

struct KernelObserver::State {
  observe_bpf* program = nullptr;
  std::vector<bpf_link*> links;
  Options options;
  std::uint64_t cookie = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (bpf_link* link : links) {
      bpf_link__destroy(link);
    }
    observe_bpf::destroy(program);
  }

  Result<> load();
  Result<> fill_rules() const;
  Result<> name_workers() const;
  Result<> attach();
};

namespace {

int keep_quiet(libbpf_print_level, const char*, va_list) {
  return 0;
}

Error refused(const std::string& step, int code) {
  Error error = Error::from_errno(step, code);
  if (code == EPERM) {
    error.message += " (a container's seccomp profile, or kernel.unprivileged_bpf_disabled)";
  }
  return error;
}

} // namespace

Result<> KernelObserver::State::load() {
  ::libbpf_set_print(keep_quiet);
  program = observe_bpf::open();
  if (program == nullptr) {
    return refused("opening the in-kernel observer", errno);
  }
  auto& maps = program->maps;
  bpf_map__set_max_entries(maps.workers, options.workers);
  bpf_map__set_max_entries(maps.slots, options.workers * OBSERVE_SLOTS);
  bpf_map__set_max_entries(maps.tables, options.workers * OBSERVE_SLOTS);
  bpf_map__set_max_entries(maps.cells, options.workers * OBSERVE_CELLS);
  bpf_map__set_max_entries(maps.used, options.workers * OBSERVE_CELLS);
  bpf_program__set_autoload(program->progs.observe_exit, options.errors);
  if (const int failed = observe_bpf::load(program); failed != 0) {
    return refused("loading the in-kernel observer", -failed);
  }
  return Done{};
}

Result<> KernelObserver::State::fill_rules() const {
  for (std::uint32_t number = 0; number < OBSERVE_RULES; ++number) {
    const auto classes = classed_arguments(static_cast<std::int32_t>(number));
    if (classes.empty()) {
      continue;
    }
    observe_rule rule{};
    rule.count =
        static_cast<unsigned>(std::min<std::size_t>(classes.size(), OBSERVE_RULE_ARGUMENTS));
    for (unsigned i = 0; i < rule.count; ++i) {
      rule.argument[i] = classes[i].argument;
      rule.mask[i] = classes[i].mask;
    }
    const int failed = bpf_map__update_elem(program->maps.rules, &number, sizeof number, &rule,
                                            sizeof rule, BPF_ANY);
    if (failed != 0) {
      return refused("writing the argument rules of the in-kernel observer", -failed);
    }
  }
  return Done{};
}

/// Whoever knows the cookie may mark tasks: only our tracers do.
Result<> KernelObserver::State::name_workers() const {
  for (std::uint32_t number = 0; number < options.workers; ++number) {
    observe_worker worker{};
    worker.cookie = cookie;
    const int failed = bpf_map__update_elem(program->maps.workers, &number, sizeof number, &worker,
                                            sizeof worker, BPF_ANY);
    if (failed != 0) {
      return refused("naming a tracer to the in-kernel observer", -failed);
    }
  }
  return Done{};
}

Result<> KernelObserver::State::attach() {
  auto& programs = program->progs;
  // Calls come last: nobody is followed before forks are.
  std::vector<bpf_program*> wanted = {programs.observe_fork, programs.observe_exec};
  if (options.errors) {
    wanted.push_back(programs.observe_exit);
  }
  wanted.push_back(programs.observe_enter);
  for (bpf_program* one : wanted) {
    bpf_link* link = bpf_program__attach(one);
    if (link == nullptr) {
      return refused(fmt::format("attaching {}", bpf_program__name(one)), errno);
    }
    links.push_back(link);
  }
  return Done{};
}

Result<std::unique_ptr<KernelObserver>> KernelObserver::load(const Options& options) {
  if (const auto problem = kernel_observer_problem()) {
    return Error{problem->reason + " (" + problem->remedy + ")", EPERM};
  }
  auto state = std::make_unique<State>();
  state->options = options;
  while (state->cookie == 0) {
    if (::getrandom(&state->cookie, sizeof state->cookie, 0) < 0) {
      return Error::from_errno("getrandom", errno);
    }
  }
  if (auto loaded = state->load(); !loaded) {
    return std::move(loaded).error();
  }
  if (auto filled = state->fill_rules(); !filled) {
    return std::move(filled).error();
  }
  if (auto named = state->name_workers(); !named) {
    return std::move(named).error();
  }
  if (auto attached = state->attach(); !attached) {
    return std::move(attached).error();
  }
  return std::unique_ptr<KernelObserver>(new KernelObserver(std::move(state)));
}

KernelShare KernelObserver::share(std::uint32_t worker) const {
  const auto& maps = state_->program->maps;
  return {.maps = {bpf_map__fd(maps.workers), bpf_map__fd(maps.slots), bpf_map__fd(maps.tables),
                   bpf_map__fd(maps.cells), bpf_map__fd(maps.used)},
          .worker = worker,
          .cookie = state_->cookie,
          .errors = state_->options.errors};
}

#else // built without libbpf

struct KernelObserver::State {};

Result<std::unique_ptr<KernelObserver>> KernelObserver::load(const Options&) {
  const auto problem = kernel_observer_problem();
  return Error{problem->reason + " (" + problem->remedy + ")", ENOSYS};
}

KernelShare KernelObserver::share(std::uint32_t) const {
  return {};
}

#endif

KernelObserver::KernelObserver(std::unique_ptr<State> state) : state_(std::move(state)) {}
KernelObserver::~KernelObserver() = default;

} // namespace harness::tracer
