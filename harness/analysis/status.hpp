// status: the state of a campaign, read from its directory alone. The campaign may be running.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/convergence.hpp"
#include "harness/store/campaign_snapshot.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace harness::analysis {

/// The progress of a replicate by the rule that ends it.
struct ReplicateStatus {
  std::uint32_t number = 1;
  std::uint64_t runs = 0;
  std::uint64_t quiet = 0;               // exploring runs since its last news
  std::uint64_t quiet_needed = 0;        // for the next attempt
  std::optional<stats::Attempt> attempt; // the last one
};

struct CampaignStatus {
  std::string directory;
  std::string name;
  bool running = false;
  double elapsed_s = 0;
  std::uint64_t runs = 0;
  std::uint64_t incomplete_runs = 0;
  std::map<std::string, std::uint64_t> pairs; // by phase
  std::vector<std::string> phases;            // in their order
  std::size_t corpus = 0;
  std::uint64_t crashes = 0;
  std::uint64_t time_outs = 0;
  std::size_t failure_buckets = 0;
  std::size_t flaky = 0;
  std::uint64_t last_news_run = 0; // when a (phase, call) pair was new last; 0 = never
  double last_news_s = 0;
  std::optional<double> runs_to_95_percent; // estimate, of further runs
  std::vector<ReplicateStatus> replicates;
  bool by_attempts = true; // the plan ends by the statistical rule
  bool converged = false;
  std::string statement;
};

CampaignStatus status_of(const store::CampaignSnapshot& campaign);

/// For a terminal, and as one JSON object for scripts.
std::string status_text(const CampaignStatus& status);
std::string status_json(const CampaignStatus& status);

} // namespace harness::analysis
