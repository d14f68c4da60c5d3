#include "policy/arguments.hpp"

#include "harness/model/syscall_table.hpp"

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

/// The values of `rule`'s argument in phase `phase` and those after it, cut to the bits that count.
std::set<std::uint64_t> values_from(const Policy& policy, std::size_t phase, SyscallId call,
                                    const DecisiveArgument& rule,
                                    std::span<const SeenArgument> seen) {
  std::set<std::uint64_t> values;
  for (const auto& one : seen) {
    const bool later =
        std::any_of(policy.phases.begin() + static_cast<std::ptrdiff_t>(phase), policy.phases.end(),
                    [&](const PolicyPhase& p) { return p.name == one.phase; });
    if (later && one.call == call && one.argument == rule.argument) {
      values.insert(one.value & rule.mask);
    }
  }
  return values;
}

} // namespace

std::span<const DecisiveArgument> decisive_arguments() {
  return decisive;
}

std::vector<std::string> add_conditions(Policy& policy, std::span<const SeenArgument> seen,
                                        std::size_t limit) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < policy.phases.size(); ++i) {
    for (const auto& rule : decisive) {
      const auto call = find_syscall(rule.call, policy.native);
      const auto entry =
          call ? policy.phases[i].entries.find(*call) : policy.phases[i].entries.end();
      if (entry == policy.phases[i].entries.end() || entry->second.rule != Rule::observed ||
          entry->second.action != Action::allow) {
        continue; // what was not observed has no values to go by
      }
      const auto values = values_from(policy, i, *call, rule, seen);
      const auto name = fmt::format("{}: {} of {}", policy.phases[i].name, rule.what, rule.call);
      if (values.empty()) {
        lines.push_back(name + ": no value on record, allowed whole");
      } else if (values.size() > limit) {
        lines.push_back(
            fmt::format("{}: {} values, more than {}, allowed whole", name, values.size(), limit));
      } else {
        for (const auto value : values) {
          entry->second.conditions.push_back({{rule.argument, rule.mask, value}});
        }
        lines.push_back(
            fmt::format("{}: {} value{}", name, values.size(), values.size() == 1 ? "" : "s"));
      }
    }
  }
  return lines;
}

} // namespace harness::policy
