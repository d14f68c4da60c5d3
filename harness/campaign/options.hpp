// Options of the command line for a campaign, as plain values. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/model/shard.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace harness::campaign {

struct ExploreOptions {
  std::string plan_file; // with `resume` may be empty: the frozen plan is used
  std::string directory; // "" = ./NAME.campaign
  std::optional<Duration> budget;
  std::optional<std::uint64_t> runs;
  std::optional<std::uint32_t> workers;
  std::optional<std::uint64_t> seed;
  std::optional<double> epsilon;
  std::optional<double> confidence;
  std::optional<std::uint32_t> replicates;
  std::optional<std::string> baseline;
  std::optional<Shard> shard; // nothing: the only one, or the one that is resumed
  bool resume = false;
  bool adopt = false;    // with `resume`: new counts on the old corpus where something has changed
  bool isolation = true; // false: --no-isolation
  std::string version;   // of harness
};

} // namespace harness::campaign
