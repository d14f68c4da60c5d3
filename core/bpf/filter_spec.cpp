// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/filter_spec.hpp"

#include <algorithm>

namespace harness::bpf {

namespace {

bool met(const ArgumentCondition& condition, const seccomp_data& data) {
  return (data.args[condition.argument] & condition.mask) == condition.value;
}

bool met(const std::vector<ArgumentCondition>& all, const seccomp_data& data) {
  return std::ranges::all_of(all, [&](const auto& condition) { return met(condition, data); });
}

Verdict decide(const Decision& decision, const seccomp_data& data) {
  if (decision.alternatives.empty() ||
      std::ranges::any_of(decision.alternatives, [&](const auto& all) { return met(all, data); })) {
    return decision.verdict;
  }
  return decision.unmet;
}

} // namespace

seccomp_data call_data(SyscallId id, const std::array<std::uint64_t, 6>& arguments) {
  seccomp_data data{};
  data.nr = id.number;
  data.arch = static_cast<std::uint32_t>(id.arch);
  std::ranges::copy(arguments, data.args);
  return data;
}

Verdict decide(const FilterSpec& spec, const seccomp_data& data) {
  const auto arch = spec.archs.find(AuditArch{data.arch});
  if (arch == spec.archs.end()) {
    return spec.foreign;
  }
  const auto& table = arch->second;
  if (const auto call = table.calls.find(data.nr); call != table.calls.end()) {
    return decide(call->second, data);
  }
  const bool x32 = arch->first == AuditArch::x86_64 && data.nr >= x32_bit;
  return x32 ? table.x32 : table.otherwise;
}

FilterSpec spec_of(const Policy& policy, std::size_t phase) {
  FilterSpec spec;
  spec.native = policy.native;
  spec.foreign = verdict_of(policy.foreign_arch_action);
  const auto fresh = ArchTable{{}, verdict_of(policy.default_action), spec.foreign};
  spec.archs.emplace(policy.native, fresh);
  for (const auto& [call, entry] : policy.phases.at(phase).entries) {
    auto& table = spec.archs.try_emplace(call.arch, fresh).first->second;
    // A call with other arguments than those seen is like a call that was not seen; it is also what
    // every format with a default action says.
    table.calls.emplace(call.number, Decision{verdict_of(entry.action), entry.conditions,
                                              verdict_of(policy.default_action)});
  }
  return spec;
}

} // namespace harness::bpf
