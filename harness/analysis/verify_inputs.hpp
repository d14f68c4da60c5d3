// The inputs that a policy is verified with: every saved one, and a batch of fresh ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/profile.hpp"
#include "harness/store/campaign_snapshot.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace harness::analysis {

struct VerifyInputs {
  std::vector<std::string> texts; // the kept ones first
  std::size_t kept = 0;
};

/// The fresh ones are drawn as validation runs are: from the plan's grammar and the kept inputs.
/// Throws std::runtime_error where the campaign can't be read.
VerifyInputs verify_inputs(const store::CampaignSnapshot& campaign, std::uint64_t fresh,
                           std::uint64_t seed);

/// Calls that were seen under faults alone: what a policy refuses unless it is of `--tier faults`.
SyscallSet calls_of_faults(const Profile& profile);

} // namespace harness::analysis
