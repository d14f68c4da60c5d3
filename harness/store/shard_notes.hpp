// ShardNotes: which shard a campaign is, in the notes of its directory. A merged directory has the
// notes of all campaigns that were merged into it. Also a join: the shard of a campaign never
// changes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/shard.hpp"
#include "harness/store/campaign_recorder.hpp"

#include <map>
#include <string>

namespace harness::store {

using Notes = std::map<std::string, std::string>;

/// Keeps that the recorder's own campaign is this shard; nothing is kept of the only one there is.
void note_shard(CampaignRecorder& recorder, Shard shard);
/// The shard that the recorder's own campaign is.
Shard shard_of(const CampaignRecorder& recorder);

/// Shards by the ids of their campaigns.
std::map<std::string, Shard> shards_in(const Notes& notes);
/// Takes over what `notes` of another directory say about shards.
void carry_shards(CampaignRecorder& into, const Notes& notes);

/// Which part of which generator's runs a directory holds.
struct FreshPart {
  std::string frozen; // id
  Shard shard;
};

void note_part(CampaignRecorder& recorder, const FreshPart& part);
/// Parts by the ids of their campaigns.
std::map<std::string, FreshPart> parts_in(const Notes& notes);
/// Takes over what `notes` of another directory say about parts.
void carry_parts(CampaignRecorder& into, const Notes& notes);

} // namespace harness::store
