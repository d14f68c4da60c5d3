// The identity of what a campaign finds. PhaseCall is a (phase, call) pair; PairKey is the same
// pair as one executable makes it. Both name the phase, so that they mean the same in every worker,
// shard and machine; where speed asks for an index, it is an index into a list of these. Pure
// values.
//
//   const PairKey pair = pair_of(sighting, result, phases); // "serving", accept4, "redis-server"
//   calls.insert(pair.phase_call());                        // whoever made the call
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/syscall_id.hpp"

#include <compare>
#include <span>
#include <string>

namespace harness {

struct Sighting;
struct RunResult;

/// A (phase, call) pair, whichever executable makes the call.
struct PhaseCall {
  std::string phase;
  SyscallId call;
  friend auto operator<=>(const PhaseCall&, const PhaseCall&) = default;
};

/// A (phase, call) pair as one executable makes it.
struct PairKey {
  std::string phase;
  SyscallId call;
  std::string executable; // file name without directories
  PhaseCall phase_call() const { return {phase, call}; }
  friend auto operator<=>(const PairKey&, const PairKey&) = default;
};

/// The pair that `sighting`, one of `result`, shows. `phases`: names in their order; a phase beyond
/// the last one has no name.
PairKey pair_of(const Sighting& sighting, const RunResult& result,
                std::span<const std::string> phases);

} // namespace harness
