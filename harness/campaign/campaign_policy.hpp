// From a campaign directory to a Policy. Knows the store and the policy room; writes nothing.
#pragma once

#include "harness/model/policy.hpp"
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

} // namespace harness::campaign
