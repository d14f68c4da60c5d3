// From a campaign to its Policy. Knows the store and the policy room.
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
  /// At most so many values of a decisive argument; none: calls are allowed whole.
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

/// What reports show of a campaign at its end: the policy without options. Nothing where no run was
/// seen.
std::optional<Policy> plain_policy(const CampaignSummary& summary);

/// One file a format that can hold it, in the campaign's policy/.
Result<> write_policies(const store::WorkDir& directory, const Policy& policy);

} // namespace harness::campaign
