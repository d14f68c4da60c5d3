// PairTable: a position in one array for every (phase, call) pair, because libFuzzer counts
// positions. Calls that are not in the table of names share a few slots at the end of each phase,
// so that any number that a target uses has a position. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"
#include "core/model/syscall_id.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace harness::engine {

class PairTable {
public:
  /// `phase_names` in their order, at least one.
  explicit PairTable(std::vector<std::string> phase_names);

  std::size_t size() const { return phases_.size() * slots_; }
  std::size_t slots_per_phase() const { return slots_; }
  /// Position in [0, size()). A phase beyond the last one counts as the last.
  std::size_t position(PhaseIndex phase, SyscallId call) const;
  /// "serving:accept4"; for a shared slot "serving:unknown#3".
  std::string name(std::size_t position) const;

  /// Slots of a phase that calls without a name share.
  static constexpr std::size_t shared_slots = 32;

private:
  std::vector<std::string> phases_;
  std::vector<SyscallId> calls_;
  std::unordered_map<SyscallId, std::size_t> slot_of_;
  std::size_t slots_;
};

} // namespace harness::engine
