#include "harness/campaign/frozen.hpp"

#include "core/base/text.hpp"
#include "core/model/digest.hpp"
#include "core/model/syscall_table.hpp"
#include "core/stats/bounds.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/whole.hpp"

#include <fmt/format.h>
#include <set>

namespace harness::campaign {

std::uint64_t Frozen::seed() const {
  return std::stoull(id.substr(0, 16), nullptr, 16);
}

Frozen frozen_of(const store::OpenedCampaign& campaign) {
  const stats::Goal goal{.epsilon = campaign.plan.explore.epsilon,
                         .confidence = campaign.plan.explore.confidence};
  // Whichever directories they came from: each look is paid for.
  const auto number = static_cast<unsigned>(store::whole_attempts(campaign.books).size()) + 1;
  std::string text = fmt::format("attempt {}\n{}", number, plan::serialise_plan(campaign.plan));
  std::set<std::string> calls;
  for (const auto& [key, record] : campaign.books.profile.pairs) {
    calls.insert(fmt::format("{} {}\n", quote_if_needed(key.phase), qualified_name(key.call)));
  }
  for (const auto& call : calls) {
    text += call;
  }
  for (const auto& [hash, record] : campaign.books.inputs) {
    text += hash + "\n";
  }
  return {.id = sha256_hex(text),
          .attempt = number,
          .runs = stats::attempt_runs(goal, number),
          .alpha = stats::attempt_alpha(goal, number)};
}

} // namespace harness::campaign
