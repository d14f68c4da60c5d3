// The system-call table: names, numbers, categories and risk, generated from the checked-in text
// file `syscalls.txt` and `syscall_notes.txt`. Pure data; numbers beyond it keep their number as
// name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/syscall_id.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace harness {

enum class Category {
  file,
  network,
  process,
  memory,
  signal,
  time,
  ipc,
  security,
  system,
  other,
};
std::string_view to_string(Category category);

/// How useful a call is to an attacker who already runs code in the process.
enum class Risk { low, medium, high, critical };
std::string_view to_string(Risk risk);

struct SyscallNote {
  std::string_view name;
  Category category = Category::other;
  Risk risk = Risk::low;
  std::string_view reason; // what attackers use it for; empty for low risk
};

struct SyscallName {
  std::string_view name;
  std::int32_t number;
};

/// All calls of an architecture, sorted by name. Empty for an architecture without a table.
std::span<const SyscallName> syscalls_of(AuditArch arch);

/// The calls of x32, sorted by name; `number` is without x32_bit.
std::span<const SyscallName> x32_syscalls();

/// True if the number carries x32_bit, under the audit architecture of x86_64.
bool is_x32(SyscallId id);

/// The notes on all calls, sorted by name.
std::span<const SyscallNote> syscall_notes();

/// "openat"; "syscall_468" for a number the table lacks; "x32_NAME" under x32.
std::string syscall_name(SyscallId id);

/// As syscall_name, with "arch:" in front when `id` is not of `native`: "i386:open".
std::string qualified_name(SyscallId id, AuditArch native = AuditArch::x86_64);

/// The inverse of qualified_name; nothing if no such call is known.
std::optional<SyscallId> find_syscall(std::string_view name, AuditArch native = AuditArch::x86_64);

/// What is known of the call of this name (also a qualified one); category `other`, risk low, if
/// nothing is.
const SyscallNote& note_of(std::string_view name);

/// "x86_64", "i386", "aarch64"; "arch_0x…" for any other.
std::string arch_name(AuditArch arch);

/// "the same family": calls that a libc switches between (open/openat/openat2, …), `name` included.
/// Empty if `name` belongs to no family.
std::span<const std::string_view> family_of(std::string_view name);

} // namespace harness
