// verify: enforces a policy on what it was derived from. Every saved input and a batch of fresh
// inputs run under the filters, and the tracer reports each call that they refuse.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/filter_program.hpp"
#include "core/model/policy.hpp"
#include "core/model/summary.hpp"
#include "harness/store/campaign_snapshot.hpp"

#include <functional>
#include <string>
#include <vector>

namespace harness::analysis {

struct VerifyOptions {
  std::vector<FilterProgram> filters; // one a phase; shorter: none for the rest
  std::uint64_t fresh_runs = 200;
  std::uint64_t seed = 1;
  bool isolation = true;
};

struct Verified {
  VerifySummary summary;
  std::uint64_t incomplete = 0;        // runs that the tracer could not see whole
  std::uint64_t not_launched = 0;      // inputs whose limits or identity let nothing start
  std::string launch_problem;          // of the first of them
  std::uint64_t under_faults = 0;      // refused calls that only faults ever led to: no violations
  std::uint64_t failed = 0;            // runs that could not be made or traced
  std::string problem;                 // of the first failed one
  std::vector<std::string> violations; // lines: phase, call, times, process, input
  bool interrupted = false;
};

/// `done` is called with the number of runs finished and of all runs. Throws UserError where
/// targets can't be isolated, std::runtime_error where we fail.
Verified verify(const store::CampaignSnapshot& campaign, const Policy& policy,
                const VerifyOptions& options,
                const std::function<void(std::size_t, std::size_t)>& done = {});

} // namespace harness::analysis
