// SPDX-License-Identifier: Apache-2.0
#include "core/model/syscall_table.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace harness {

namespace {

struct FamilyMember {
  std::string_view name;
  std::span<const std::string_view> family;
};

// Made by syscall_include.awk: x86_64_calls, i386_calls, aarch64_calls, x32_calls, notes,
// family_members.
#include "syscall_table.inc"

template <typename Row> constexpr bool sorted_by_name(std::span<const Row> rows) {
  return std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, &Row::name) == rows.end();
}
static_assert(sorted_by_name<SyscallName>(x86_64_calls));
static_assert(sorted_by_name<SyscallName>(i386_calls));
static_assert(sorted_by_name<SyscallName>(aarch64_calls));
static_assert(sorted_by_name<SyscallName>(x32_calls));
static_assert(sorted_by_name<SyscallNote>(notes));
static_assert(sorted_by_name<FamilyMember>(family_members));

/// The same rows in the order of their numbers, made at compile time.
template <std::size_t Size> constexpr auto by_number(const SyscallName (&calls)[Size]) {
  std::array<SyscallName, Size> rows{};
  std::ranges::copy(calls, rows.begin());
  std::ranges::sort(rows, {}, &SyscallName::number);
  return rows;
}
constexpr auto x86_64_numbers = by_number(x86_64_calls);
constexpr auto i386_numbers = by_number(i386_calls);
constexpr auto aarch64_numbers = by_number(aarch64_calls);
constexpr auto x32_numbers = by_number(x32_calls);

constexpr bool each_once(std::span<const SyscallName> rows) {
  return std::ranges::adjacent_find(rows, {}, &SyscallName::number) == rows.end();
}
static_assert(each_once(x86_64_numbers) && each_once(i386_numbers) && each_once(aarch64_numbers) &&
              each_once(x32_numbers));

constexpr std::string_view x32_prefix = "x32_";
constexpr std::string_view number_prefix = "syscall_";
constexpr std::string_view arch_prefix = "arch_0x";

/// A table in both commands; `prefix` and `bit` are those of x32.
struct Table {
  std::span<const SyscallName> names;
  std::span<const SyscallName> numbers;
  std::string_view prefix;
  std::int32_t bit = 0;
};

Table table_of(AuditArch arch, bool x32) {
  switch (arch) {
  case AuditArch::x86_64:
    if (x32) {
      return {x32_calls, x32_numbers, x32_prefix, x32_bit};
    }
    return {x86_64_calls, x86_64_numbers, "", 0};
  case AuditArch::i386:
    return {i386_calls, i386_numbers, "", 0};
  case AuditArch::aarch64:
    return {aarch64_calls, aarch64_numbers, "", 0};
  }
  return {};
}

template <typename Row> const Row* find_by_name(std::span<const Row> rows, std::string_view name) {
  const auto found = std::ranges::lower_bound(rows, name, {}, &Row::name);
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

template <typename Number>
std::optional<Number> whole_number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<AuditArch> find_arch(std::string_view name) {
  for (const auto arch : {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64}) {
    if (name == arch_name(arch)) {
      return arch;
    }
  }
  if (name.starts_with(arch_prefix)) {
    if (const auto value = whole_number<std::uint32_t>(name.substr(arch_prefix.size()), 16)) {
      return AuditArch{*value};
    }
  }
  return std::nullopt;
}

/// The number that `name` (without architecture and x32 prefix) has in `table`.
std::optional<std::int32_t> find_number(const Table& table, std::string_view name) {
  if (const auto* row = find_by_name(table.names, name)) {
    return row->number;
  }
  if (!name.starts_with(number_prefix)) {
    return std::nullopt;
  }
  return whole_number<std::int32_t>(name.substr(number_prefix.size()));
}

} // namespace

std::string_view to_string(Category category) {
  switch (category) {
  case Category::file:
    return "file";
  case Category::network:
    return "network";
  case Category::process:
    return "process";
  case Category::memory:
    return "memory";
  case Category::signal:
    return "signal";
  case Category::time:
    return "time";
  case Category::ipc:
    return "ipc";
  case Category::security:
    return "security";
  case Category::system:
    return "system";
  case Category::other:
    return "other";
  }
  return "other";
}

std::string_view to_string(Risk risk) {
  switch (risk) {
  case Risk::low:
    return "low";
  case Risk::medium:
    return "medium";
  case Risk::high:
    return "high";
  case Risk::critical:
    return "critical";
  }
  return "low";
}

std::span<const SyscallName> syscalls_of(AuditArch arch) {
  return table_of(arch, false).names;
}

std::span<const SyscallName> x32_syscalls() {
  return x32_calls;
}

std::span<const SyscallNote> syscall_notes() {
  return notes;
}

bool is_x32(SyscallId id) {
  return id.arch == AuditArch::x86_64 && id.number >= x32_bit;
}

std::string syscall_name(SyscallId id) {
  const auto table = table_of(id.arch, is_x32(id));
  const auto number = id.number - table.bit;
  const auto row = std::ranges::lower_bound(table.numbers, number, {}, &SyscallName::number);
  if (row != table.numbers.end() && row->number == number) {
    return fmt::format("{}{}", table.prefix, row->name);
  }
  return fmt::format("{}{}{}", table.prefix, number_prefix, number);
}

std::string qualified_name(SyscallId id, AuditArch native) {
  const auto name = syscall_name(id);
  return id.arch == native ? name : arch_name(id.arch) + ":" + name;
}

std::optional<SyscallId> find_syscall(std::string_view name, AuditArch native) {
  auto arch = native;
  if (const auto colon = name.find(':'); colon != name.npos) {
    const auto named = find_arch(name.substr(0, colon));
    if (!named) {
      return std::nullopt;
    }
    arch = *named;
    name.remove_prefix(colon + 1);
  }
  const bool x32 = arch == AuditArch::x86_64 && name.starts_with(x32_prefix);
  const auto table = table_of(arch, x32);
  name.remove_prefix(table.prefix.size());
  const auto number = find_number(table, name);
  if (!number || (x32 && *number < 0)) {
    return std::nullopt;
  }
  return SyscallId{arch, *number | table.bit};
}

const SyscallNote& note_of(std::string_view name) {
  static constexpr SyscallNote unknown{};
  if (const auto colon = name.find(':'); colon != name.npos) {
    name.remove_prefix(colon + 1);
  }
  if (name.starts_with(x32_prefix)) {
    name.remove_prefix(x32_prefix.size());
  }
  const auto* note = find_by_name<SyscallNote>(notes, name);
  return note != nullptr ? *note : unknown;
}

std::string arch_name(AuditArch arch) {
  switch (arch) {
  case AuditArch::x86_64:
    return "x86_64";
  case AuditArch::i386:
    return "i386";
  case AuditArch::aarch64:
    return "aarch64";
  }
  return fmt::format("{}{:08x}", arch_prefix, static_cast<std::uint32_t>(arch));
}

std::span<const std::string_view> family_of(std::string_view name) {
  const auto* member = find_by_name<FamilyMember>(family_members, name);
  return member != nullptr ? member->family : std::span<const std::string_view>{};
}

} // namespace harness
