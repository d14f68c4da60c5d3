// Frozen: the generator of fresh runs that a campaign directory is as it stands: its plan, its
// corpus, the calls it knows. The same for everybody who reads the directory. Pure.
#pragma once

#include "harness/campaign/opened.hpp"
#include "harness/campaign/shard_notes.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace harness::campaign {

struct Frozen {
  std::string id;       // SHA-256 of all that a fresh run depends on
  unsigned attempt = 1; // that it is drawn for
  std::uint64_t runs = 0;
  double alpha = 0;

  /// Of the fresh runs' chance.
  std::uint64_t seed() const;
};

Frozen frozen_of(const OpenedCampaign& campaign);

/// Which part of which generator's runs a directory holds.
struct FreshPart {
  std::string frozen; // id
  Shard shard;
};

void note_part(store::Ledger& ledger, const FreshPart& part);
/// Parts by the ids of their campaigns.
std::map<std::string, FreshPart> parts_in(const Notes& notes);
/// Takes over what `notes` of another directory say about parts.
void carry_parts(store::Ledger& into, const Notes& notes);

} // namespace harness::campaign
