// SyscallId: which system call, and SyscallSet: an ordered set of them. Pure values.
// A call is named by the audit architecture of the *event* and its number, never by the ELF class:
// a 64-bit program may use `int 0x80`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace harness {

/// AUDIT_ARCH_* of linux/audit.h, as the kernel reports it with every event.
enum class AuditArch : std::uint32_t {
  x86_64 = 0xc000003e,
  i386 = 0x40000003,
  aarch64 = 0xc00000b7,
};

/// x32 calls carry this bit in their number, under the audit architecture of x86_64.
constexpr std::int32_t x32_bit = 0x40000000;

struct SyscallId {
  AuditArch arch = AuditArch::x86_64;
  std::int32_t number = 0; // as in seccomp_data.nr: -1 and numbers beyond every table do occur

  friend auto operator<=>(const SyscallId&, const SyscallId&) = default;
};

/// Sorted, without duplicates.
class SyscallSet {
public:
  SyscallSet() = default;
  SyscallSet(std::initializer_list<SyscallId> ids);
  explicit SyscallSet(std::vector<SyscallId> ids);

  /// True if `id` was not there before.
  bool insert(SyscallId id);
  bool erase(SyscallId id);
  bool contains(SyscallId id) const;
  bool empty() const { return ids_.empty(); }
  std::size_t size() const { return ids_.size(); }
  auto begin() const { return ids_.begin(); }
  auto end() const { return ids_.end(); }
  std::span<const SyscallId> ids() const { return ids_; }

  bool includes(const SyscallSet& other) const;
  friend SyscallSet operator|(const SyscallSet& a, const SyscallSet& b);
  friend SyscallSet operator&(const SyscallSet& a, const SyscallSet& b);
  friend SyscallSet operator-(const SyscallSet& a, const SyscallSet& b);
  friend bool operator==(const SyscallSet&, const SyscallSet&) = default;

private:
  std::vector<SyscallId> ids_;
};

} // namespace harness

template <> struct std::hash<harness::SyscallId> {
  std::size_t operator()(const harness::SyscallId& id) const noexcept {
    return (static_cast<std::size_t>(id.arch) << 32) ^ static_cast<std::uint32_t>(id.number);
  }
};
