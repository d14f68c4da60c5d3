// SPDX-License-Identifier: Apache-2.0
#include "harness/store/shard_notes.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

namespace harness::store {

namespace {
// Keys of notes: one of these and the campaign's id.
const std::string shard_prefix = "shard.";
const std::string part_prefix = "fresh.";

std::string part_text(const FreshPart& part) {
  return fmt::format("{} {}", part.frozen, shard_text(part.shard));
}

} // namespace

void note_shard(CampaignRecorder& recorder, Shard shard) {
  if (shard.count > 1) {
    recorder.set_note(shard_prefix + recorder.campaign(), shard_text(shard));
  }
}

Shard shard_of(const CampaignRecorder& recorder) {
  return parse_shard(recorder.note(shard_prefix + recorder.campaign()).value_or(""))
      .value_or(Shard{});
}

std::map<std::string, Shard> shards_in(const Notes& notes) {
  std::map<std::string, Shard> shards;
  for (const auto& [key, value] : notes) {
    const auto shard = parse_shard(value);
    if (key.starts_with(shard_prefix) && shard) {
      shards.emplace(key.substr(shard_prefix.size()), *shard);
    }
  }
  return shards;
}

void carry_shards(CampaignRecorder& into, const Notes& notes) {
  for (const auto& [campaign, shard] : shards_in(notes)) {
    into.set_note(shard_prefix + campaign, shard_text(shard));
  }
}

void note_part(CampaignRecorder& recorder, const FreshPart& part) {
  recorder.set_note(part_prefix + recorder.campaign(), part_text(part));
}

std::map<std::string, FreshPart> parts_in(const Notes& notes) {
  std::map<std::string, FreshPart> parts;
  for (const auto& [key, value] : notes) {
    const auto words = split(value, ' ');
    const auto shard = words.size() == 2 ? parse_shard(words[1]) : std::nullopt;
    if (key.starts_with(part_prefix) && shard) {
      parts[key.substr(part_prefix.size())] = {words[0], *shard};
    }
  }
  return parts;
}

void carry_parts(CampaignRecorder& into, const Notes& notes) {
  for (const auto& [campaign, part] : parts_in(notes)) {
    into.set_note(part_prefix + campaign, part_text(part));
  }
}

} // namespace harness::store
