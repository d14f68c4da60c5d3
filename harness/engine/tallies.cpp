// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/tallies.hpp"

namespace harness::engine {

void Tallies::add(const RunResult& result) {
  for (const auto& seen : result.arguments) {
    arguments_[{seen.phase, seen.call, seen.argument, seen.value}] += seen.times;
  }
  for (const auto& seen : result.errnos) {
    errnos_[{seen.phase, seen.call, seen.code}] += seen.times;
  }
}

Tally Tallies::take() {
  Tally tally;
  for (const auto& [key, times] : arguments_) {
    const auto& [phase, call, argument, value] = key;
    tally.arguments.push_back({phase, call, argument, value, times});
  }
  for (const auto& [key, times] : errnos_) {
    const auto& [phase, call, code] = key;
    tally.errnos.push_back({phase, call, code, times});
  }
  arguments_.clear();
  errnos_.clear();
  return tally;
}

} // namespace harness::engine
