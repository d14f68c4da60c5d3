// Reproducer: what a user names on the command line, an input or a pair, and the text of the input
// that is meant. Also: did a run show a pair?
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

/// `what` is the hash of an input (8 digits of it do), a file with an input, or a pair:
/// `PHASE:CALL` or `CALL`. A pair stands for the smallest kept input that showed it. Throws
/// UserError with the nearest name that there is.
Reproducer find_reproducer(const store::CampaignSnapshot& campaign, const std::string& what);

/// A pair as the user writes it; throws UserError if no such pair was seen.
WantedPair find_pair(const store::CampaignSnapshot& campaign, const std::string& what);

/// `phases` are names by index.
bool shows(const RunResult& result, const WantedPair& pair, const std::vector<std::string>& phases);

} // namespace harness::analysis
