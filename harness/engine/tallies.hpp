// Tallies: argument classes and errnos of many runs, added up until they are sent to the
// coordinator. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/protocol.hpp"

#include <map>
#include <tuple>

namespace harness::engine {

class Tallies {
public:
  void add(const RunResult& result);
  bool empty() const { return arguments_.empty() && errnos_.empty(); }
  /// What was added since the last call.
  Tally take();

private:
  std::map<std::tuple<PhaseIndex, SyscallId, std::uint8_t, std::uint64_t>, std::uint64_t>
      arguments_;
  std::map<std::tuple<PhaseIndex, SyscallId, int>, std::uint64_t> errnos_;
};

} // namespace harness::engine
