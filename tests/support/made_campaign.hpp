// Campaign directories for tests, made without running anything.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/shard.hpp"
#include "harness/store/campaign_recorder.hpp"
#include "harness/store/environment.hpp"

#include <string>
#include <vector>

namespace harness::test {

/// One run: its input and the numbers of the calls that it made in the phase "main".
struct MadeRun {
  std::string input;
  std::vector<std::int32_t> calls;
};

struct MadeCampaign {
  std::string target = "one"; // stands for the target's bytes
  std::string option = "-l";  // of the grammar
  std::vector<std::string> phases = {"load", "main"};
  std::uint64_t seed = 1;
  Shard shard = {};
  std::vector<MadeRun> runs;
};

/// Makes the directory `path` and gives its open recorder.
store::CampaignRecorder make_campaign(const std::string& path, const MadeCampaign& made);

} // namespace harness::test
