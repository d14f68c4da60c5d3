// Shares: what each of several searches of one campaign saw. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_state.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace harness::store {

struct Share {
  std::uint64_t runs = 0;
  std::uint64_t pairs = 0;
  std::set<SyscallId> calls;
  std::vector<PairKey> only_here; // that nobody else showed
};

/// By a property of the writers that counted, such as their replicate; `others` where it is not
/// known.
template <typename Key>
std::map<Key, Share> shares_of(const CampaignState& state, const std::map<WriterId, Key>& keys,
                               const Key& others) {
  std::map<Key, Share> shares;
  const auto of_writer = [&](const WriterId& writer) {
    const auto found = keys.find(writer);
    return found == keys.end() ? others : found->second;
  };
  for (const auto& runs : {state.profile.runs, state.profile.incomplete_runs}) {
    for (const auto& [writer, count] : runs) {
      shares[of_writer(writer)].runs += count;
    }
  }
  for (const auto& [key, record] : state.profile.pairs) {
    std::set<Key> seen_by;
    for (const auto& [writer, count] : record.counts) {
      if (count.runs > 0) {
        seen_by.insert(of_writer(writer));
      }
    }
    for (const auto& one : seen_by) {
      ++shares[one].pairs;
      shares[one].calls.insert(key.call);
    }
    if (seen_by.size() == 1) {
      shares[*seen_by.begin()].only_here.push_back(key);
    }
  }
  return shares;
}

} // namespace harness::store
