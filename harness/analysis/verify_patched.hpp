// verify for a program that carries its policy: every saved input and a batch of fresh ones run
// twice in the original and once in the patched program, which replaces it. Output, end and the
// kernel's answer to each call are compared. Where something differs, both programs run eight times
// more.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_snapshot.hpp"

#include <functional>
#include <string>
#include <vector>

namespace harness::analysis {

struct VerifyPatchedOptions {
  std::string program; // the patched one
  std::uint64_t fresh_runs = 200;
  std::uint64_t seed = 1;
};

struct PatchedVerified {
  std::uint64_t corpus_runs = 0;
  std::uint64_t fresh_runs = 0;
  std::uint64_t same = 0;
  std::uint64_t but_for_numbers = 0;   // see OutputComparison
  std::uint64_t changes_by_itself = 0; // likewise
  std::uint64_t seldom_other = 0;      // likewise
  std::uint64_t incomplete = 0;        // runs of the patched program that were not seen whole
  std::uint64_t not_launched = 0;      // inputs with which nothing can be launched
  std::uint64_t under_faults = 0;      // refused calls that only faults ever led to: no violations
  std::uint64_t failed = 0;            // runs that could not be made or traced
  std::string problem;                 // of the first failed one
  bool converged = false;              // the campaign behind the embedded policy
  std::vector<std::string> refused;    // lines: phase, call, answer, times, input
  std::vector<std::string> different;  // lines: "differs", in what, input
  bool interrupted = false;
};

/// `done` is called with the number of runs finished and of all runs. Throws UserError where
/// targets can't be isolated, or the program carries no policy or was made from another one than
/// the campaign's target; std::runtime_error where we fail.
PatchedVerified verify_patched(const store::CampaignSnapshot& campaign,
                               const VerifyPatchedOptions& options,
                               const std::function<void(std::size_t, std::size_t)>& done = {});

} // namespace harness::analysis
