// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/pair_table.hpp"

#include "core/model/syscall_table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace harness::engine {

PairTable::PairTable(std::vector<std::string> phase_names) : phases_(std::move(phase_names)) {
  for (const AuditArch arch : {AuditArch::x86_64, AuditArch::i386, AuditArch::aarch64}) {
    for (const auto& [name, number] : syscalls_of(arch)) {
      const SyscallId call{arch, number};
      if (slot_of_.emplace(call, calls_.size()).second) {
        calls_.push_back(call);
      }
    }
  }
  slots_ = calls_.size() + shared_slots;
}

std::size_t PairTable::position(PhaseIndex phase, SyscallId call) const {
  const std::size_t row = std::min<std::size_t>(phase, phases_.size() - 1);
  const auto known = slot_of_.find(call);
  const std::size_t slot = known != slot_of_.end()
                               ? known->second
                               : calls_.size() + std::hash<SyscallId>{}(call) % shared_slots;
  return row * slots_ + slot;
}

std::string PairTable::name(std::size_t position) const {
  const std::size_t slot = position % slots_;
  const std::string& phase = phases_.at(position / slots_);
  return slot < calls_.size() ? fmt::format("{}:{}", phase, qualified_name(calls_[slot]))
                              : fmt::format("{}:unknown#{}", phase, slot - calls_.size());
}

} // namespace harness::engine
