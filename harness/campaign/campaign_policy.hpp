// From a campaign to its Policy: reads the campaign directory and calls policy::make_policy.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/policy.hpp"
#include "core/model/summary.hpp"
#include "harness/store/work_dir.hpp"
#include "policy/make_policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace harness::campaign {

struct CampaignPolicyOptions {
  policy::Options rules;
  bool accept_unconverged = false;
  /// Maximum number of values of a decisive argument; none: calls are allowed with any arguments.
  std::optional<std::size_t> argument_values;
};

struct CampaignPolicy {
  Policy policy;
  std::vector<std::string> notes; // what became of arguments, for the user
};

/// The policy of the campaign in `directory`. Throws UserError: no campaign, not converged (and not
/// accepted), options that do not fit, arguments that the campaign did not record.
CampaignPolicy policy_of_campaign(const std::string& directory,
                                  const CampaignPolicyOptions& options);

/// The policy in the reports of a campaign, made with default options. Nothing if there was no run.
std::optional<Policy> plain_policy(const CampaignSummary& summary);

/// One file a format that can hold it, in the campaign's policy/.
Result<> write_policies(const store::WorkDir& directory, const Policy& policy);

} // namespace harness::campaign
