// Finds the reproducer that a user names on the command line: an input itself, or a pair, which
// stands for an input that showed it. Also tests whether a run showed a pair.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/profile.hpp"
#include "core/model/run_result.hpp"
#include "harness/store/campaign_snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace harness::analysis {

/// A pair by phase and call, whichever executable makes it. `phase` empty: any.
struct WantedPair {
  std::string phase;
  SyscallId call;
  std::string text() const; // "serving:accept4"
};

struct Reproducer {
  std::string hash;
  std::string text;
  std::optional<WantedPair> pair; // if the user named one
};

/// `what` is the hash of an input (its first 8 digits suffice), a file with an input, or a pair:
/// `PHASE:CALL` or `CALL`. A pair stands for the smallest saved input that showed it. Throws
/// UserError with the nearest known name.
Reproducer find_reproducer(const store::CampaignSnapshot& campaign, const std::string& what);

/// The pair that the user named; nothing if the campaign has no such pair.
std::optional<WantedPair> known_pair(const store::CampaignSnapshot& campaign,
                                     const std::string& what);

/// The same; throws UserError with the nearest known pair if the campaign has no such pair.
WantedPair find_pair(const store::CampaignSnapshot& campaign, const std::string& what);

/// `phases` are names by index.
bool shows(const RunResult& result, const WantedPair& pair, const std::vector<std::string>& phases);

} // namespace harness::analysis
