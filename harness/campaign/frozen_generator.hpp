// FrozenGenerator: the generator of fresh runs that the current state of a campaign directory
// defines: its plan, its corpus and its known calls. Every reader of the directory gets the same
// generator. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_snapshot.hpp"

#include <cstdint>
#include <string>

namespace harness::campaign {

struct FrozenGenerator {
  std::string id;       // SHA-256 of everything that a fresh run depends on
  unsigned attempt = 1; // that its runs belong to
  std::uint64_t runs = 0;
  double alpha = 0;

  /// Random seed of the fresh runs.
  std::uint64_t seed() const;
};

FrozenGenerator frozen_generator_of(const store::CampaignSnapshot& campaign);

} // namespace harness::campaign
