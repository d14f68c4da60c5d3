// SPDX-License-Identifier: Apache-2.0
#include "tests/policy/sample.hpp"

#include "core/model/syscall_table.hpp"

#include <stdexcept>

namespace harness::test {

void see(Profile& profile, const std::string& phase, const std::string& call, std::uint64_t runs,
         std::uint64_t calls, const std::string& executable, bool faulted) {
  const auto id = find_syscall(call);
  if (!id) {
    throw std::runtime_error("no call " + call);
  }
  auto& record = profile.pairs[{phase, *id, executable}];
  record.counts["w1"] = {calls == 0 ? runs : calls, runs};
  record.first = {1, 0.5, "input-" + call, "here", {}};
  record.only_faulted = faulted;
}

Profile server_profile() {
  Profile profile;
  profile.phases = {"startup", "serving"};
  see(profile, "startup", "execve", 9, 9); // the launching one
  for (const auto* call : {"openat", "read", "mmap", "mprotect", "brk", "socket", "bind", "listen",
                           "clone", "futex", "rt_sigaction", "prctl"}) {
    see(profile, "startup", call);
  }
  for (const auto* call : {"read", "write", "accept4", "epoll_wait", "close", "futex"}) {
    see(profile, "serving", call);
  }
  see(profile, "serving", "fdatasync", 1, 1, "server", true);
  see(profile, "serving", "execve", 2, 2, "helper");
  return profile;
}

std::vector<Phase> server_phases() {
  return {{"startup", LaunchTrigger{}}, {"serving", SymbolTrigger{"serve", 0, ""}}};
}

Policy server_policy(const policy::Options& options) {
  const auto phases = server_phases();
  auto made = policy::make_policy(server_profile(), phases, options);
  if (!made) {
    throw std::runtime_error(made.error().message);
  }
  made->campaign = "server";
  made->executable = "/usr/bin/server";
  made->target_hash = "abc";
  made->converged = true;
  made->statement = "with 95 % confidence fewer than 1 in 100 runs makes another call";
  return *made;
}

Policy arbitrary_policy(Random& random, bool conditions) {
  Profile profile;
  std::vector<Phase> phases;
  const auto count = 1 + random.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    phases.push_back({"phase" + std::to_string(i), LaunchTrigger{}});
    profile.phases.push_back(phases.back().name);
    for (const auto& call : syscalls_of(AuditArch::x86_64)) {
      if (random.chance(1, 4 + i)) {
        see(profile, phases.back().name, std::string(call.name), 1 + random.below(9),
            10 + random.below(9));
      }
    }
  }
  policy::Options options;
  const Action defaults[] = {Action::enosys, Action::eperm, Action::kill_process};
  options.default_action = defaults[random.below(3)];
  auto policy = *policy::make_policy(profile, phases, options);
  if (conditions) {
    for (auto& [call, entry] : policy.phases.front().entries) {
      if (entry.action == Action::allow && random.chance(1, 6)) {
        for (auto left = 1 + random.below(3); left > 0; --left) {
          const std::uint64_t mask = random.chance(1, 2) ? ~0ull : 0xff0;
          entry.conditions.push_back(
              {{static_cast<std::uint8_t>(random.below(3)), mask, random.next() & mask},
               {static_cast<std::uint8_t>(3 + random.below(3)), 0xf, random.below(16)}});
        }
        for (std::size_t i = 1; i < policy.phases.size(); ++i) {
          policy.phases[i].entries.erase(call);
        }
      }
    }
  }
  policy.campaign = "any";
  policy.executable = "/bin/any";
  return policy;
}

} // namespace harness::test
