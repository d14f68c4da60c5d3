// shrink: the smallest input that still shows a pair, found by delta debugging: candidates that are
// one step smaller are run until none of them shows the pair any more.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/analysis/reproducer.hpp"
#include "harness/pool/replay_session.hpp"

#include <functional>
#include <string>

namespace harness::analysis {

struct Shrunk {
  std::string text;
  std::uint64_t runs = 0;
  bool shown = false;    // by the input to begin with; else `text` is that input
  bool finished = false; // no simpler input shows it; false after an interrupt
};

struct ShrinkOptions {
  std::vector<std::string> phases; // names by index
  /// An input counts as showing the pair if one of this many runs does; more help flaky pairs.
  std::uint32_t tries = 1;
  std::uint32_t batch = 4; // candidates run side by side
};

/// `progress` is called after every batch, with the length of the smallest text so far and the
/// number of runs made.
Shrunk shrink(pool::ReplaySession& session, const std::string& text, const WantedPair& pair,
              const ShrinkOptions& options,
              const std::function<void(std::size_t, std::uint64_t)>& progress);

} // namespace harness::analysis
