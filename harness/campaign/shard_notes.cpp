#include "harness/campaign/shard_notes.hpp"

namespace harness::campaign {

namespace {
const std::string prefix = "shard."; // and the campaign's id
} // namespace

void note_shard(store::Ledger& ledger, Shard shard) {
  if (shard.count > 1) {
    ledger.set_note(prefix + ledger.campaign(), shard_text(shard));
  }
}

Shard shard_of(const store::Ledger& ledger) {
  return parse_shard(ledger.note(prefix + ledger.campaign()).value_or("")).value_or(Shard{});
}

std::map<std::string, Shard> shards_in(const Notes& notes) {
  std::map<std::string, Shard> shards;
  for (const auto& [key, value] : notes) {
    const auto shard = parse_shard(value);
    if (key.starts_with(prefix) && shard) {
      shards.emplace(key.substr(prefix.size()), *shard);
    }
  }
  return shards;
}

void carry_shards(store::Ledger& into, const Notes& notes) {
  for (const auto& [campaign, shard] : shards_in(notes)) {
    into.set_note(prefix + campaign, shard_text(shard));
  }
}

} // namespace harness::campaign
