// SPDX-License-Identifier: Apache-2.0
#include "policy/arguments.hpp"

#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace harness::policy {

namespace {

constexpr std::uint64_t int_bits = 0xffffffff; // the kernel cuts an int argument to these

constexpr DecisiveArgument decisive[] = {
    {"clone", 0, 0x7e020000, "new namespaces"}, // CLONE_NEW*; threads and forks have none
    {"fcntl", 1, int_bits, "command"},
    {"ioctl", 1, int_bits, "request"},
    {"mmap", 2, 0x4, "PROT_EXEC"},
    {"mprotect", 2, 0x4, "PROT_EXEC"},
    {"personality", 0, int_bits, "persona"},
    {"prctl", 0, int_bits, "option"},
    {"socket", 0, int_bits, "family"},
    {"socketpair", 0, int_bits, "family"},
};

struct Record {
  std::set<std::uint64_t> values; // cut to the bits that count
  std::uint64_t times = 0;        // values on record
  std::uint64_t calls = 0;        // calls that the profile counted
};

/// What is known of `rule`'s argument in phase `phase` and those after it.
Record record_from(const Policy& policy, const Profile& profile, std::size_t phase, SyscallId call,
                   const DecisiveArgument& rule, std::span<const SeenArgument> seen) {
  const auto later = [&](const std::string& name) {
    return std::any_of(policy.phases.begin() + static_cast<std::ptrdiff_t>(phase),
                       policy.phases.end(), [&](const PolicyPhase& p) { return p.name == name; });
  };
  Record record;
  for (const auto& one : seen) {
    if (one.call == call && one.argument == rule.argument && later(one.phase)) {
      record.values.insert(one.value & rule.mask);
      record.times += one.times;
    }
  }
  for (const auto& [key, pair] : profile.pairs) {
    if (key.call == call && later(key.phase)) {
      record.calls += pair.calls();
    }
  }
  return record;
}

} // namespace

std::span<const DecisiveArgument> decisive_arguments() {
  return decisive;
}

std::vector<std::string> add_conditions(Policy& policy, const Profile& profile,
                                        std::span<const SeenArgument> seen, std::size_t limit) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < policy.phases.size(); ++i) {
    auto& entries = policy.phases[i].entries;
    for (const auto& rule : decisive) {
      const auto call = find_syscall(rule.call, policy.native);
      const auto entry = call ? entries.find(*call) : entries.end();
      if (entry == entries.end() || entry->second.rule != Rule::observed ||
          entry->second.action != Action::allow) {
        continue; // what was not observed has no values to go by
      }
      const auto record = record_from(policy, profile, i, *call, rule, seen);
      const auto name = fmt::format("{}: {} of {}", policy.phases[i].name, rule.what, rule.call);
      if (record.times < record.calls) {
        lines.push_back(fmt::format("{}: {} of {} calls on record, allowed whole", name,
                                    record.times, record.calls));
      } else if (record.values.size() > limit) {
        lines.push_back(fmt::format("{}: {} values, more than {}, allowed whole", name,
                                    record.values.size(), limit));
      } else {
        for (const auto value : record.values) {
          entry->second.conditions.push_back({{rule.argument, rule.mask, value}});
        }
        lines.push_back(fmt::format("{}: {} value{}", name, record.values.size(),
                                    record.values.size() == 1 ? "" : "s"));
      }
    }
  }
  return lines;
}

} // namespace harness::policy
