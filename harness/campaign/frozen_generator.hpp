// FrozenGenerator: the generator of fresh runs that a campaign directory is as it stands: its plan,
// its corpus, the calls it knows. The same for everybody who reads the directory. Pure.
#pragma once

#include "harness/store/campaign_snapshot.hpp"

#include <cstdint>
#include <string>

namespace harness::campaign {

struct FrozenGenerator {
  std::string id;       // SHA-256 of all that a fresh run depends on
  unsigned attempt = 1; // that it is drawn for
  std::uint64_t runs = 0;
  double alpha = 0;

  /// Of the fresh runs' chance.
  std::uint64_t seed() const;
};

FrozenGenerator frozen_generator_of(const store::CampaignSnapshot& campaign);

} // namespace harness::campaign
