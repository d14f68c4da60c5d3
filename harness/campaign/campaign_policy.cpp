// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/campaign_policy.hpp"

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/campaign/ending.hpp"
#include "harness/store/campaign_snapshot.hpp"
#include "harness/store/summary.hpp"
#include "policy/arguments.hpp"
#include "policy/format.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace harness::campaign {

namespace {

/// The counters of kind `argument`, whose names are `phase call argument value`.
std::vector<policy::SeenArgument> seen_arguments(const store::CampaignState& state) {
  std::vector<policy::SeenArgument> seen;
  for (const auto& [counter, counts] : state.counters) {
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
      seen.push_back({(*words)[0], *call, static_cast<std::uint8_t>(*argument), value,
                      state.total(counter.kind, counter.name)});
    }
  }
  return seen;
}

void check_arguments(const CampaignPlan& plan, const store::CampaignState& state) {
  if (!plan.explore.arguments || plan.explore.mode != Mode::count) {
    throw UserError({}, "--arguments: the campaign did not record the arguments of every call",
                    "explore with `arguments: true` and `mode: count` in the plan");
  }
  if (state.total(store::Counter::Kind::dropped) > 0) {
    throw UserError({}, "--arguments: the campaign saw more different arguments than it records",
                    "omit --arguments");
  }
}

} // namespace

CampaignPolicy policy_of_campaign(const std::string& path, const CampaignPolicyOptions& options) {
  const auto campaign = store::open_campaign(path);
  const bool converged = campaign.plan.explore.until == Until::quiet
                             ? ending_of(campaign.notes).reached_goal // the plan's own rule
                             : store::converged(campaign.state);
  const auto statement = store::risk_statement(campaign.state, campaign.plan.explore.confidence);
  if (!converged && !options.accept_unconverged) {
    throw UserError({}, fmt::format("{}: the campaign has not converged: {}", path, statement),
                    "continue with harness explore --resume, or write --accept-unconverged");
  }
  auto made = policy::make_policy(campaign.state.profile, campaign.plan.phases, options.rules);
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
    check_arguments(campaign.plan, campaign.state);
    result.notes = policy::add_conditions(policy, campaign.state.profile,
                                          seen_arguments(campaign.state), *options.argument_values);
  }
  return result;
}

std::optional<Policy> plain_policy(const CampaignSummary& summary) {
  auto made = policy::make_policy(summary.profile, summary.plan.phases, {});
  if (!made) {
    return std::nullopt; // a profile of other phases: nothing was seen yet
  }
  made->campaign = summary.plan.name;
  made->executable = summary.plan.target.executable;
  if (const auto hash = summary.environment.find("target_sha256");
      hash != summary.environment.end()) {
    made->target_hash = hash->second;
  }
  made->converged = summary.converged;
  made->statement = summary.statement;
  return *std::move(made);
}

Result<> write_policies(const store::WorkDir& directory, const Policy& policy) {
  for (const auto& format : policy::formats()) {
    const auto written = policy::write_policy(format, policy, 0);
    if (!written) {
      continue; // a format that cannot express the policy; harness policy reports why
    }
    if (auto saved = directory.write(directory.policy_file(format.file), written->text); !saved) {
      return saved;
    }
  }
  return Done{};
}

} // namespace harness::campaign
