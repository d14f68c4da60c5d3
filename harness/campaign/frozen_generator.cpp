// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/frozen_generator.hpp"

#include "core/base/text.hpp"
#include "core/model/digest.hpp"
#include "core/model/syscall_table.hpp"
#include "core/stats/bounds.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/whole.hpp"

#include <fmt/format.h>
#include <set>

namespace harness::campaign {

std::uint64_t FrozenGenerator::seed() const {
  return std::stoull(id.substr(0, 16), nullptr, 16);
}

FrozenGenerator frozen_generator_of(const store::CampaignSnapshot& campaign) {
  const stats::Goal goal{.epsilon = campaign.plan.explore.epsilon,
                         .confidence = campaign.plan.explore.confidence};
  // Attempts of all merged directories count, because each of them spent a share of alpha.
  const auto number = static_cast<unsigned>(store::whole_attempts(campaign.state).size()) + 1;
  std::string text = fmt::format("attempt {}\n{}", number, plan::serialize_plan(campaign.plan));
  std::set<std::string> calls;
  for (const auto& [key, record] : campaign.state.profile.pairs) {
    calls.insert(fmt::format("{} {}\n", quote_if_needed(key.phase), qualified_name(key.call)));
  }
  for (const auto& call : calls) {
    text += call;
  }
  for (const auto& [hash, record] : campaign.state.inputs) {
    text += hash + "\n";
  }
  return {.id = sha256_hex(text),
          .attempt = number,
          .runs = stats::attempt_runs(goal, number),
          .alpha = stats::attempt_alpha(goal, number)};
}

} // namespace harness::campaign
