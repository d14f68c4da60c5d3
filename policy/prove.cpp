// SPDX-License-Identifier: Apache-2.0
#include "policy/prove.hpp"

#include "core/bpf/build.hpp"
#include "core/bpf/evaluate.hpp"
#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::policy {

namespace {

using bpf::Verdict;

constexpr AuditArch foreign{0xc0000015}; // any architecture without a table: 64-bit PowerPC
constexpr AuditArch proved_archs[] = {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64,
                                      foreign};

/// What the policy says of calls of `arch` from `number` on that it does not list. Written out here
/// anew, so that a mistake in the table that filters are built from can't hide.
Verdict background(const Policy& policy, const PolicyPhase& phase, AuditArch arch,
                   std::uint32_t number) {
  const bool known =
      arch == policy.native || std::ranges::any_of(phase.entries, [&](const auto& entry) {
        return entry.first.arch == arch;
      });
  const bool x32 = arch == AuditArch::x86_64 && number >= 0x40000000 && number < 0x80000000;
  return bpf::verdict_of(known && !x32 ? policy.default_action : policy.foreign_arch_action);
}

std::vector<Verdict> expected(const Policy& policy, const PolicyEntry& entry) {
  std::vector<Verdict> verdicts{bpf::verdict_of(entry.action)};
  if (!entry.conditions.empty()) {
    verdicts.push_back(bpf::verdict_of(policy.default_action));
  }
  std::ranges::sort(verdicts);
  verdicts.erase(std::unique(verdicts.begin(), verdicts.end()), verdicts.end());
  return verdicts;
}

Error differs(const PolicyPhase& phase, SyscallId call, Verdict wanted,
              const std::vector<Verdict>& found) {
  std::string answers;
  for (const auto verdict : found) {
    answers += (answers.empty() ? "" : " or ") + bpf::to_string(verdict);
  }
  return Error{fmt::format("phase {}: {} should get {}, but the filter returns {}", phase.name,
                           qualified_name(call), bpf::to_string(wanted), answers)};
}

/// The part of `range` from `first` to `last` holds numbers of one background verdict.
Result<> prove_part(const Policy& policy, const PolicyPhase& phase, AuditArch arch,
                    std::uint64_t first, std::uint64_t last, const std::vector<Verdict>& found) {
  std::uint64_t listed = 0;
  std::uint64_t unlisted = first; // the first number in the part without an entry
  std::vector<std::uint32_t> numbers;
  for (const auto& [call, entry] : phase.entries) {
    const auto number = static_cast<std::uint32_t>(call.number);
    if (call.arch != arch || number < first || number > last) {
      continue;
    }
    ++listed;
    numbers.push_back(number);
    if (found != expected(policy, entry)) {
      return differs(phase, call, bpf::verdict_of(entry.action), found);
    }
  }
  std::ranges::sort(numbers);
  for (const auto number : numbers) {
    unlisted += number == unlisted ? 1 : 0;
  }
  const auto wanted = background(policy, phase, arch, static_cast<std::uint32_t>(first));
  if (listed < last - first + 1 && found != std::vector{wanted}) {
    return differs(phase, {arch, static_cast<std::int32_t>(unlisted)}, wanted, found);
  }
  return Done{};
}

Result<> prove_arch(const FilterProgram& filter, const Policy& policy, const PolicyPhase& phase,
                    AuditArch arch) {
  const auto ranges = bpf::verdict_ranges(filter, arch);
  if (!ranges) {
    return Error{fmt::format("phase {}: {}", phase.name, ranges.error().message)};
  }
  constexpr std::uint64_t bounds[] = {0, 0x40000000, 0x80000000, std::uint64_t{1} << 32};
  for (const auto& range : *ranges) {
    for (int i = 0; i < 3; ++i) {
      const auto first = std::max<std::uint64_t>(range.first, bounds[i]);
      const auto last = std::min<std::uint64_t>(range.last, bounds[i + 1] - 1);
      if (first > last) {
        continue;
      }
      if (auto proved = prove_part(policy, phase, arch, first, last, range.verdicts); !proved) {
        return proved;
      }
    }
  }
  return Done{};
}

Result<> prove_tightening(const Policy& policy) {
  for (std::size_t i = 0; i + 1 < policy.phases.size(); ++i) {
    const auto& before = policy.phases[i];
    for (const auto& [call, entry] : policy.phases[i + 1].entries) {
      if (!bpf::lets_run(bpf::verdict_of(entry.action))) {
        continue;
      }
      const auto there = before.entries.find(call);
      const bool allowed = there != before.entries.end() &&
                           bpf::lets_run(bpf::verdict_of(there->second.action)) &&
                           (there->second.conditions.empty() ||
                            std::ranges::includes(there->second.conditions, entry.conditions));
      if (!allowed) {
        return Error{fmt::format("phase {} allows {}, which phase {} before it does not: filters "
                                 "can only be tightened, so it would stay blocked",
                                 policy.phases[i + 1].name, qualified_name(call), before.name)};
      }
    }
  }
  return Done{};
}

} // namespace

Result<> prove_filter(const FilterProgram& filter, const Policy& policy, std::size_t phase) {
  for (const auto arch : proved_archs) {
    if (auto proved = prove_arch(filter, policy, policy.phases.at(phase), arch); !proved) {
      return proved;
    }
  }
  return Done{};
}

Result<Proof> prove(const Policy& policy) {
  if (auto tightens = prove_tightening(policy); !tightens) {
    return std::move(tightens).error();
  }
  Proof proof;
  for (std::size_t i = 0; i < policy.phases.size(); ++i) {
    auto filter = bpf::build(policy, i);
    if (!filter) {
      return std::move(filter).error();
    }
    if (auto proved = prove_filter(*filter, policy, i); !proved) {
      return std::move(proved).error();
    }
    proof.filters.push_back(*std::move(filter));
    proof.verdicts += std::size(proved_archs) << 32;
  }
  return proof;
}

} // namespace harness::policy
