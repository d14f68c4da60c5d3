// SPDX-License-Identifier: Apache-2.0
#include "policy/make_policy.hpp"

#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tuple>

namespace harness::policy {

namespace {

// A thread whose exit is refused retries forever; a handler can't return; an interrupted sleep
// can't go on. All four are needed by every program, and none gives an attacker anything.
constexpr std::string_view always_needed[] = {"exit", "exit_group", "rt_sigreturn", "sigreturn",
                                              "restart_syscall"};

// What a libc calls in a thread before its function runs and after it has returned. A thread that
// was created just before a transition makes these calls after it, in a phase in which no run may
// have shown them, and glibc ends the program if rseq is refused. Measured with `strace -f` on a
// program that starts joined and detached threads: glibc 2.36 makes all but futex, musl 1.2.3 makes
// futex, munmap and rt_sigprocmask. `exit` is always allowed.
constexpr std::string_view thread_calls[] = {"futex", "madvise",        "munmap",
                                             "rseq",  "rt_sigprocmask", "set_robust_list"};

// Usually answered by the vDSO without entering the kernel, so no tracer sees them; with another
// clock source (a virtual machine, an unstable TSC) they are real calls. getrandom is answered
// there since Linux 6.11 (glibc 2.41, Go 1.24), but not on an older kernel or without memory for
// its state.
constexpr std::string_view vdso_calls[] = {"clock_getres", "clock_gettime", "clock_gettime64",
                                           "getcpu",       "getrandom",     "gettimeofday",
                                           "time"};

bool is_named(SyscallId id, std::string_view name) {
  return syscall_name(id) == name;
}

/// True if all that was seen of this execve is the one with which each run began.
bool only_launching(const PairKey& key, const PairRecord& record, const std::string& first_phase) {
  return key.phase == first_phase && is_named(key.call, "execve") &&
         record.calls() <= record.runs();
}

class Maker {
public:
  Maker(const Profile& profile, std::span<const Phase> phases, const Options& options)
      : profile_(profile), options_(options) {
    policy_.default_action = options.default_action;
    if (options.default_action == Action::log) {
      policy_.foreign_arch_action = Action::log;
    }
    for (const auto& phase : phases) {
      policy_.phases.push_back({phase.name, phase.trigger, {}});
    }
  }

  Result<Policy> make() {
    if (auto checked = check(); !checked) {
      return std::move(checked).error();
    }
    add_observed();
    if (options_.tier != Tier::observed) {
      add_families();
    }
    add_rules();
    for (const auto& name : options_.allow) {
      if (auto added = allow_by_hand(name); !added) {
        return std::move(added).error();
      }
    }
    for (const auto& name : options_.deny) {
      if (auto added = deny_by_hand(name); !added) {
        return std::move(added).error();
      }
    }
    add_fallback();
    return std::move(policy_);
  }

private:
  Result<> check() const {
    std::vector<std::string> names;
    for (const auto& phase : policy_.phases) {
      names.push_back(phase.name);
    }
    if (names != profile_.phases || names.empty()) {
      return Error{fmt::format("the profile has the phases {}, but the plan has {}",
                               fmt::join(profile_.phases, ", "), fmt::join(names, ", "))};
    }
    std::vector<std::string> executables;
    for (const auto& [key, record] : profile_.pairs) {
      executables.push_back(key.executable);
    }
    std::ranges::sort(executables);
    executables.erase(std::unique(executables.begin(), executables.end()), executables.end());
    if (!options_.executable.empty() && !std::ranges::count(executables, options_.executable)) {
      return Error{fmt::format("no run started the executable {}; write one of {}",
                               quote_if_needed(options_.executable), fmt::join(executables, ", "))};
    }
    return Done{};
  }

  /// Every phase up to `last` allows `call`, unless it has an entry already.
  void allow_up_to(std::size_t last, SyscallId call, const PolicyEntry& entry) {
    for (std::size_t i = 0; i <= last; ++i) {
      policy_.phases[i].entries.try_emplace(call, entry);
    }
  }

  void add_observed() {
    const auto& names = profile_.phases;
    for (const auto& [key, record] : profile_.pairs) {
      const bool wanted = options_.executable.empty() || key.executable == options_.executable;
      const bool counts = !record.only_faulted || options_.tier == Tier::faults;
      const auto phase = std::ranges::find(names, key.phase);
      if (!wanted || !counts || phase == names.end() ||
          only_launching(key, record, names.front())) {
        continue;
      }
      join_sighting(static_cast<std::size_t>(phase - names.begin()), key, record);
    }
  }

  /// One sighting of a call in phase `at`; of several (phases, executables) the earliest phase
  /// names the reproducer, and a sighting without fault is the better reason.
  void join_sighting(std::size_t at, const PairKey& key, const PairRecord& record) {
    PolicyEntry entry;
    entry.rule = record.only_faulted ? Rule::faulted : Rule::observed;
    entry.first_phase = key.phase;
    entry.runs = record.runs();
    entry.input = record.first.input;
    for (std::size_t i = 0; i <= at; ++i) {
      const auto [place, fresh] = policy_.phases[i].entries.try_emplace(key.call, entry);
      if (!fresh && rank(entry) < rank(place->second)) {
        place->second = entry;
      }
    }
  }

  std::tuple<bool, std::size_t, std::string> rank(const PolicyEntry& entry) const {
    const auto& names = profile_.phases;
    const auto phase = std::ranges::find(names, entry.first_phase) - names.begin();
    return {entry.rule == Rule::faulted, static_cast<std::size_t>(phase), entry.input};
  }

  void add_families() {
    for (auto& phase : policy_.phases) {
      for (const auto& [missing, present] : foreseen(phase)) {
        phase.entries.try_emplace(
            missing,
            PolicyEntry{Action::allow, Rule::family, "", 0, "", syscall_name(present), {}});
      }
    }
  }

  /// The architectures of which any call was seen, the native one first.
  std::vector<AuditArch> architectures() const {
    std::vector<AuditArch> archs{policy_.native};
    for (const auto& [call, entry] : policy_.phases.front().entries) {
      if (!std::ranges::count(archs, call.arch)) {
        archs.push_back(call.arch);
      }
    }
    return archs;
  }

  /// True if a thread that was created in one phase may start or end in a later one. A clone that
  /// makes a process looks the same in a profile, so this may be true of a program without threads.
  bool creates_threads(AuditArch arch) const {
    const auto& first = policy_.phases.front().entries; // includes those of all later phases
    return policy_.phases.size() > 1 && std::ranges::any_of(first, [&](const auto& entry) {
             return entry.first.arch == arch &&
                    (is_named(entry.first, "clone") || is_named(entry.first, "clone3"));
           });
  }

  void add_rules() {
    const auto last = policy_.phases.size() - 1;
    const auto add = [&](std::size_t until, auto&& names, Rule rule, AuditArch arch) {
      for (const auto name : names) {
        if (const auto call = find_syscall(name, arch)) {
          allow_up_to(until, *call, PolicyEntry{Action::allow, rule, "", 0, "", "", {}});
        }
      }
    };
    for (const auto arch : architectures()) {
      add(last, always_needed, Rule::always_needed, arch);
      if (creates_threads(arch)) {
        add(last, thread_calls, Rule::threads, arch);
      }
      if (options_.vdso) {
        add(last, vdso_calls, Rule::vdso, arch);
      }
    }
    if (!options_.vdso) {
      policy_.weakened.push_back("--no-vdso");
    }
    constexpr std::string_view installer[] = {"seccomp"};
    if (options_.installer && last > 0) {
      add(last - 1, installer, Rule::installer, policy_.native);
    }
  }

  Result<SyscallId> find(const std::string& name, std::string_view option) const {
    if (const auto call = find_syscall(name, policy_.native)) {
      return *call;
    }
    std::vector<std::string> known;
    for (const auto& call : syscalls_of(policy_.native)) {
      known.emplace_back(call.name);
    }
    const auto near = nearest_word(name, known);
    return Error{fmt::format("{} {}: unknown system call{}", option, quote_if_needed(name),
                             near ? fmt::format("; did you mean {}?", *near)
                                  : "; write a kernel name, or syscall_NUMBER")};
  }

  Result<> allow_by_hand(const std::string& text) {
    const auto at = text.find('@');
    const auto call = find(text.substr(0, at), "--allow");
    if (!call) {
      return call.error();
    }
    auto last = policy_.phases.size() - 1;
    if (at != text.npos) {
      const auto& names = profile_.phases;
      const auto phase = std::ranges::find(names, text.substr(at + 1));
      if (phase == names.end()) {
        return Error{fmt::format("--allow {}: unknown phase; write one of {}", text,
                                 fmt::join(names, ", "))};
      }
      last = static_cast<std::size_t>(phase - names.begin());
    }
    allow_up_to(last, *call,
                PolicyEntry{Action::allow, Rule::manual, "", 0, "", "--allow " + text, {}});
    policy_.weakened.push_back("--allow " + text);
    return Done{};
  }

  Result<> deny_by_hand(const std::string& text) {
    const auto call = find(text, "--deny");
    if (!call) {
      return call.error();
    }
    const bool allowed_too = std::ranges::any_of(options_.allow, [&](const std::string& allow) {
      return allow.substr(0, allow.find('@')) == text;
    });
    if (allowed_too) {
      return Error{
          fmt::format("{} is given with --allow and with --deny; remove one of them", text)};
    }
    // Refused with EPERM, clone3 would break pthread_create; with ENOSYS the libc uses clone.
    const auto action = is_named(*call, "clone3") ? Action::enosys : Action::eperm;
    for (auto& phase : policy_.phases) {
      auto& entry = phase.entries[*call];
      if (entry.rule == Rule::always_needed) {
        return Error{fmt::format(
            "--deny {}: a program cannot exit or return from a signal handler without it", text)};
      }
      entry = PolicyEntry{
          action, Rule::denied, entry.first_phase, entry.runs, entry.input, "--deny " + text, {}};
    }
    return Done{};
  }

  /// clone3 refused with EPERM breaks pthread_create; with ENOSYS the libc falls back to clone. So
  /// it is said explicitly, whatever the default action is.
  void add_fallback() {
    if (options_.default_action == Action::log) {
      return; // audit mode blocks nothing
    }
    for (auto& phase : policy_.phases) {
      for (const auto arch : architectures()) {
        if (const auto call = find_syscall("clone3", arch)) {
          phase.entries.try_emplace(*call,
                                    PolicyEntry{Action::enosys, Rule::fallback, "", 0, "", "", {}});
        }
      }
    }
  }

  const Profile& profile_;
  const Options& options_;
  Policy policy_;
};

} // namespace

std::string_view to_string(Tier tier) {
  switch (tier) {
  case Tier::observed:
    return "observed";
  case Tier::family:
    return "family";
  case Tier::faults:
    return "faults";
  }
  return "";
}

Result<Policy> make_policy(const Profile& profile, std::span<const Phase> phases,
                           const Options& options) {
  return Maker(profile, phases, options).make();
}

std::vector<std::pair<SyscallId, SyscallId>> foreseen(const PolicyPhase& phase) {
  std::map<SyscallId, SyscallId> found;
  for (const auto& [call, entry] : phase.entries) {
    if (entry.rule != Rule::observed && entry.rule != Rule::faulted) {
      continue;
    }
    for (const auto member : family_of(syscall_name(call))) {
      const auto other = find_syscall(member, call.arch);
      if (other && !phase.entries.contains(*other)) {
        found.emplace(*other, call);
      }
    }
  }
  return {found.begin(), found.end()};
}

Policy with_launcher(Policy policy, std::size_t phase, std::span<const std::string_view> calls,
                     std::string_view launcher) {
  // Filters that tighten: what phase i allows, the phases before it allow too.
  for (std::size_t i = 0; i <= phase; ++i) {
    for (const auto name : calls) {
      if (const auto call = find_syscall(name, policy.native)) {
        policy.phases.at(i).entries.try_emplace(
            *call,
            PolicyEntry{Action::allow, Rule::launcher, "", 0, "", std::string(launcher), {}});
      }
    }
  }
  return policy;
}

std::string provenance(const PolicyEntry& entry) {
  const auto seen = [&] {
    return fmt::format("{}, {} runs, input {}", entry.first_phase, with_commas(entry.runs),
                       entry.input.empty() ? "-" : entry.input);
  };
  switch (entry.rule) {
  case Rule::observed:
    return "observed in " + seen();
  case Rule::faulted:
    return "seen only under faults, in " + seen();
  case Rule::family:
    return "not observed, same family as " + entry.note;
  case Rule::always_needed:
    return "always needed";
  case Rule::threads:
    return "made by the libc when a thread starts or ends";
  case Rule::vdso:
    return "a real call where the vDSO can't answer it";
  case Rule::launcher:
    return "launcher: " + entry.note;
  case Rule::installer:
    return "installs the next phase's filter";
  case Rule::manual:
    return "by hand: " + entry.note;
  case Rule::fallback:
    return "ENOSYS, so that the libc falls back to clone";
  case Rule::denied:
    return "denied by hand: " + entry.note;
  }
  return "";
}

} // namespace harness::policy
