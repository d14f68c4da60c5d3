// SPDX-License-Identifier: Apache-2.0
#include "core/model/pair.hpp"

#include "core/model/run_result.hpp"

namespace harness {

PairKey pair_of(const Sighting& sighting, const RunResult& result,
                std::span<const std::string> phases) {
  PairKey pair{.phase = {}, .call = sighting.call, .executable = {}};
  if (sighting.phase < phases.size()) {
    pair.phase = phases[sighting.phase];
  }
  if (sighting.executable < result.executables.size()) {
    const std::string& path = result.executables[sighting.executable];
    pair.executable = path.substr(path.rfind('/') + 1); // npos + 1 is 0
  }
  return pair;
}

} // namespace harness
