#include "harness/campaign/campaign_policy.hpp"

#include "harness/base/text.hpp"
#include "harness/base/user_error.hpp"
#include "harness/campaign/opened.hpp"
#include "harness/model/syscall_table.hpp"
#include "harness/store/summary.hpp"
#include "policy/arguments.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace harness::campaign {

namespace {

/// The counters of kind `argument`, whose names are `phase call argument value`.
std::vector<policy::SeenArgument> seen_arguments(const store::Books& books) {
  std::vector<policy::SeenArgument> seen;
  for (const auto& [counter, counts] : books.counters) {
    if (counter.kind != store::Counter::Kind::argument) {
      continue;
    }
    const auto words = split_words(counter.name);
    if (!words || words->size() != 4) {
      continue;
    }
    const auto call = find_syscall((*words)[1]);
    const auto argument = parse_integer((*words)[2]);
    // Values have 64 bits, so that they are no integers of parse_integer.
    const auto value = std::strtoull((*words)[3].c_str(), nullptr, 16);
    if (call && argument) {
      seen.push_back({(*words)[0], *call, static_cast<std::uint8_t>(*argument), value});
    }
  }
  return seen;
}

void check_arguments(const CampaignPlan& plan, const store::Books& books) {
  if (!plan.explore.arguments || plan.explore.mode != Mode::count) {
    throw UserError({}, "--arguments: the campaign did not record the arguments of every call",
                    "explore with `arguments: true` and `mode: count` in the plan");
  }
  if (books.total(store::Counter::Kind::dropped) > 0) {
    throw UserError({}, "--arguments: the campaign saw more different arguments than it keeps",
                    "leave --arguments out");
  }
}

} // namespace

CampaignPolicy policy_of_campaign(const std::string& path, const CampaignPolicyOptions& options) {
  const auto campaign = open_campaign(path);
  const bool converged = store::converged(campaign.books);
  const auto statement = store::risk_statement(campaign.books, campaign.plan.explore.confidence);
  if (!converged && !options.accept_unconverged) {
    throw UserError({}, fmt::format("{}: the campaign has not converged: {}", path, statement),
                    "go on with harness explore --resume, or write --accept-unconverged");
  }
  auto made = policy::make_policy(campaign.books.profile, campaign.plan.phases, options.rules);
  if (!made) {
    throw UserError({}, made.error().message, "");
  }
  CampaignPolicy result{*std::move(made), {}};
  auto& policy = result.policy;
  policy.campaign = campaign.plan.name;
  policy.executable = campaign.plan.target.executable;
  policy.converged = converged;
  policy.statement = statement;
  if (const auto hash = campaign.environment.find("target_sha256");
      hash != campaign.environment.end()) {
    policy.target_hash = hash->second;
  }
  if (!converged) {
    policy.weakened.push_back("--accept-unconverged");
  }
  if (options.argument_values) {
    check_arguments(campaign.plan, campaign.books);
    result.notes =
        policy::add_conditions(policy, seen_arguments(campaign.books), *options.argument_values);
  }
  return result;
}

} // namespace harness::campaign
