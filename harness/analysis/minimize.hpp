// minimize: a small corpus that shows the same (phase, call) pairs. The inputs are selected from
// what was recorded when they were saved, without running anything, and then checked by running
// them. Pure, except for the caller's `show`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_state.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace harness::analysis {

using PhaseCalls = std::set<PhaseCall>;
using Inputs = std::map<std::string, store::InputRecord>; // by hash

/// A small set of inputs that together show every pair that any shows: greedy (Chvátal 1979: at
/// most ln n times the optimum), fewest bytes first among equals, then without those that the
/// others make superfluous. The same inputs give the same choice.
std::vector<std::string> choose_inputs(const Inputs& inputs);

/// What these inputs show when they are run again, in their order.
using Show = std::function<std::vector<PhaseCalls>(const std::vector<std::string>& hashes)>;

struct Minimized {
  std::vector<std::string> inputs; // sorted
  std::uint64_t bytes = 0;
  std::uint64_t bytes_before = 0;
  std::size_t pairs = 0;
  /// Pairs that no input showed again. Their reproducers are nevertheless in `inputs`.
  PhaseCalls unconfirmed;
};

/// choose_inputs, checked: a pair that the chosen inputs do not show again is looked for in the
/// other inputs that once showed it, smallest first.
Minimized minimize(const Inputs& inputs, const Show& show);

} // namespace harness::analysis
