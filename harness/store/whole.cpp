// SPDX-License-Identifier: Apache-2.0
#include "harness/store/whole.hpp"

#include <algorithm>

namespace harness::store {

std::vector<const AttemptRecord*> whole_attempts(const CampaignState& state) {
  std::vector<const AttemptRecord*> attempts;
  for (const auto& [key, record] : state.attempts) {
    if (key.first.replicate == whole) {
      attempts.push_back(&record);
    }
  }
  std::stable_sort(attempts.begin(), attempts.end(),
                   [](const auto* a, const auto* b) { return a->began_at_run < b->began_at_run; });
  return attempts;
}

bool covers_all(const AttemptRecord& attempt, const CampaignState& state) {
  const auto drawn = attempt.attempt.runs + attempt.attempt.incomplete;
  return attempt.began_at_run + drawn ==
         state.profile.total_runs() + state.profile.total_incomplete_runs();
}

} // namespace harness::store
