// SPDX-License-Identifier: Apache-2.0
#include "core/launch/child_plan.hpp"

#include "core/base/text.hpp"
#include "core/launch/machine.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::launch {

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

} // namespace

Result<std::unique_ptr<ChildPlan>> ChildPlan::make(const RunSpec& spec) {
  std::unique_ptr<ChildPlan> plan(new ChildPlan(spec));
  if (auto filled = plan->fill(); !filled) {
    return std::move(filled).error();
  }
  return plan;
}

Result<> ChildPlan::fill() {
  if (spec_.executable.empty() || spec_.executable.front() != '/') {
    return Error{fmt::format("'{}' is not an absolute path", printable(spec_.executable)), ENOENT};
  }
  arguments_ = pointers(spec_.arguments);
  environment_ = pointers(spec_.environment);
  setup_.executable = spec_.executable.c_str();
  setup_.arguments = arguments_.data();
  setup_.environment = environment_.data();
  setup_.directory = spec_.directory.empty() ? nullptr : spec_.directory.c_str();
  setup_.streams[0] = spec_.streams.input;
  setup_.streams[1] = spec_.streams.output;
  setup_.streams[2] = spec_.streams.error;
  setup_.controlling_terminal = spec_.streams.controlling_terminal;
  setup_.new_session = setup_.controlling_terminal;
  setup_.umask = spec_.identity.umask ? static_cast<long>(*spec_.identity.umask) : -1;
  if (auto filled = fill_limits(); !filled) {
    return filled;
  }
  const Machine& here = machine();
  if (spec_.isolation) {
    if (auto isolated = prepare_isolation(spec_, here, isolation_, setup_); !isolated) {
      return std::move(isolated).error().within("isolation");
    }
  } else {
    // As started from the shell that started us.
    ignored_signals_ = here.ignored_signals;
    signal_mask_ = here.blocked_signals;
    setup_.set_identity = spec_.identity.uid || spec_.identity.gid;
    setup_.uid = spec_.identity.uid.value_or(::getuid());
    setup_.gid = spec_.identity.gid.value_or(::getgid());
  }
  setup_.ignored_signals = &ignored_signals_;
  setup_.signal_mask = &signal_mask_;
  return Done{};
}

Result<> ChildPlan::fill_limits() {
  for (const auto& limit : spec_.resource_limits) {
    const auto* found = std::find_if(limit_names.begin(), limit_names.end(),
                                     [&](const auto& known) { return known.name == limit.name; });
    if (found == limit_names.end()) {
      return Error{fmt::format("no resource limit is called '{}'", printable(limit.name)), EINVAL};
    }
    limits_.push_back({found->resource, {limit.value, limit.value}});
  }
  setup_.limits = limits_.data();
  setup_.limit_count = static_cast<unsigned>(limits_.size());
  return Done{};
}

void ChildPlan::forbid_new_privileges() {
  setup_.no_new_privileges = true;
}

bool ChildPlan::may_filter() const {
  return setup_.no_new_privileges || machine().no_new_privs ||
         (machine().sys_admin && !setup_.set_identity);
}

void ChildPlan::set_filter(const FilterProgram& filter) {
  filter_ = {static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
  setup_.trace_filter = &filter_;
}

void ChildPlan::set_apart() {
  setup_.new_session = true;
  setup_.close_others = true;
  setup_.dies_with_parent = true;
}

void ChildPlan::release() {
  __atomic_store_n(&setup_.go, 1U, __ATOMIC_RELEASE);
  ::syscall(SYS_futex, &setup_.go, FUTEX_WAKE, INT_MAX);
}

Error ChildPlan::failure() const {
  if (setup_.failed_step == ChildSetupStep::none) {
    return Error{"killed by a signal before its exec", EINTR};
  }
  Error error = Error::from_errno(child_setup_step_text(setup_.failed_step), setup_.failed_code);
  return setup_.failed_step == ChildSetupStep::exec
             ? std::move(error).within(printable(spec_.executable))
             : error;
}

} // namespace harness::launch
