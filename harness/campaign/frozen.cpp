#include "harness/campaign/frozen.hpp"

#include "harness/base/text.hpp"
#include "harness/campaign/plan.hpp"
#include "harness/model/digest.hpp"
#include "harness/model/syscall_table.hpp"
#include "harness/stats/bounds.hpp"
#include "harness/store/whole.hpp"

#include <fmt/format.h>
#include <set>

namespace harness::campaign {

namespace {

const std::string prefix = "fresh."; // and the campaign's id

std::string part_text(const FreshPart& part) {
  return fmt::format("{} {}", part.frozen, shard_text(part.shard));
}

} // namespace

std::uint64_t Frozen::seed() const {
  return std::stoull(id.substr(0, 16), nullptr, 16);
}

Frozen frozen_of(const OpenedCampaign& campaign) {
  const stats::Goal goal{.epsilon = campaign.plan.explore.epsilon,
                         .confidence = campaign.plan.explore.confidence};
  // Whichever directories they came from: each look is paid for.
  const auto number = static_cast<unsigned>(store::whole_attempts(campaign.books).size()) + 1;
  std::string text = fmt::format("attempt {}\n{}", number, serialise_plan(campaign.plan));
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

void note_part(store::Ledger& ledger, const FreshPart& part) {
  ledger.set_note(prefix + ledger.campaign(), part_text(part));
}

std::map<std::string, FreshPart> parts_in(const Notes& notes) {
  std::map<std::string, FreshPart> parts;
  for (const auto& [key, value] : notes) {
    const auto words = split(value, ' ');
    const auto shard = words.size() == 2 ? parse_shard(words[1]) : std::nullopt;
    if (key.starts_with(prefix) && shard) {
      parts[key.substr(prefix.size())] = {words[0], *shard};
    }
  }
  return parts;
}

void carry_parts(store::Ledger& into, const Notes& notes) {
  for (const auto& [campaign, part] : parts_in(notes)) {
    into.set_note(prefix + campaign, part_text(part));
  }
}

} // namespace harness::campaign
