// SPDX-License-Identifier: Apache-2.0
#include "tracer/call_table.hpp"

#include <algorithm>

namespace harness::tracer {

namespace {

constexpr std::size_t first_slots = 64;
constexpr std::uint64_t low14 = (1U << 14) - 1;

std::uint64_t arch_code(AuditArch arch) {
  switch (arch) {
  case AuditArch::x86_64:
    return 0;
  case AuditArch::i386:
    return 1;
  case AuditArch::aarch64:
    return 2;
  }
  return 3;
}

AuditArch arch_of(std::uint64_t code) {
  switch (code) {
  case 0:
    return AuditArch::x86_64;
  case 1:
    return AuditArch::i386;
  case 2:
    return AuditArch::aarch64;
  default:
    return static_cast<AuditArch>(0);
  }
}

std::size_t slot_of(std::uint64_t key, std::size_t slots) {
  return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15ULL) >> 32) & (slots - 1);
}

} // namespace

std::uint64_t pack(const CallKey& key) {
  return (std::uint64_t{key.phase} & low14) << 50 | (std::uint64_t{key.executable} & low14) << 36 |
         arch_code(key.call.arch) << 32 | static_cast<std::uint32_t>(key.call.number);
}

CallKey unpack(std::uint64_t packed) {
  return {static_cast<PhaseIndex>(packed >> 50 & low14),
          static_cast<std::uint16_t>(packed >> 36 & low14),
          {arch_of(packed >> 32 & 0xf), static_cast<std::int32_t>(packed & 0xffffffffU)}};
}

bool CallTable::add(std::uint64_t key, std::uint64_t times) {
  if (used_ * 4 >= slots_.size() * 3) {
    grow();
  }
  for (std::size_t i = slot_of(key, slots_.size());; i = (i + 1) & (slots_.size() - 1)) {
    Entry& entry = slots_[i];
    if (entry.times != 0 && entry.key == key) {
      entry.times += times;
      return false;
    }
    if (entry.times == 0) {
      entry = {key, times};
      ++used_;
      return true;
    }
  }
}

std::uint64_t CallTable::times(std::uint64_t key) const {
  if (slots_.empty()) {
    return 0;
  }
  for (std::size_t i = slot_of(key, slots_.size());; i = (i + 1) & (slots_.size() - 1)) {
    if (slots_[i].times == 0 || slots_[i].key == key) {
      return slots_[i].times;
    }
  }
}

void CallTable::merge(const CallTable& other) {
  for (const Entry& entry : other.slots_) {
    if (entry.times != 0) {
      add(entry.key, entry.times);
    }
  }
}

std::vector<CallTable::Entry> CallTable::sorted() const {
  std::vector<Entry> entries;
  entries.reserve(used_);
  std::copy_if(slots_.begin(), slots_.end(), std::back_inserter(entries),
               [](const Entry& entry) { return entry.times != 0; });
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.key < b.key; });
  return entries;
}

void CallTable::grow() {
  std::vector<Entry> old(slots_.empty() ? first_slots : slots_.size() * 2);
  old.swap(slots_);
  used_ = 0;
  for (const Entry& entry : old) {
    if (entry.times != 0) {
      add(entry.key, entry.times);
    }
  }
}

} // namespace harness::tracer
