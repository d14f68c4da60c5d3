// SPDX-License-Identifier: Apache-2.0
#include "policy/raw_filter.hpp"

#include "core/bpf/evaluate.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::policy {

namespace {

using bpf::Verdict;

/// Ranges longer than this are what a filter does with all the rest.
constexpr std::uint32_t max_listed = 2048;

Verdict loosest(const std::vector<Verdict>& verdicts) {
  return *std::ranges::max_element(verdicts, {}, [](Verdict verdict) {
    return static_cast<std::int32_t>(bpf::action_of(verdict));
  });
}

Result<bpf::ArchTable> table_of(const FilterProgram& filter, AuditArch arch) {
  const auto ranges = bpf::verdict_ranges(filter, arch);
  if (!ranges) {
    return ranges.error();
  }
  bpf::ArchTable table;
  for (const auto& range : *ranges) {
    const auto verdict = loosest(range.verdicts);
    if (range.last - range.first >= max_listed) {
      if (range.first < 0x40000000 || range.last >= 0x80000000) {
        table.otherwise = verdict;
      }
      if (range.first < 0x80000000 && range.last >= 0x40000000 + max_listed) {
        table.x32 = verdict;
      }
      continue;
    }
    for (std::uint64_t number = range.first; number <= range.last; ++number) {
      table.calls.emplace(static_cast<std::int32_t>(number), bpf::Decision{verdict, {}, verdict});
    }
  }
  return table;
}

} // namespace

Result<bpf::FilterSpec> spec_of_filter(const FilterProgram& filter) {
  bpf::FilterSpec spec;
  const auto foreign = table_of(filter, AuditArch{0xc0000015});
  if (!foreign) {
    return foreign.error();
  }
  spec.foreign = foreign->otherwise;
  for (const auto arch : {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64}) {
    auto table = table_of(filter, arch);
    if (!table) {
      return std::move(table).error();
    }
    spec.archs.emplace(arch, *std::move(table));
  }
  return spec;
}

} // namespace harness::policy
