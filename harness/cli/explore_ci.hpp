// `explore --ci MODE`: campaigns of jobs that run without a person. Each mode has its own defaults:
//
//   pr      Explores for five minutes and compares with the baseline. New calls fail the job; a
//           budget that was too short to converge does not.
//   batch   Continues the existing campaign, every night until it converges. If target or plan
//           have changed, the counts start again with the old corpus as seeds.
//   prune   Writes the smallest corpus that shows the same pairs next to the campaign.
//   report  Only writes the reports and returns the exit status of their gates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/campaign/options.hpp"

#include <string>

namespace harness::cli {

enum class CiMode { lines, pr, batch, prune, report };

/// "" is `lines`: a log instead of a screen, no defaults. Throws UserError for an unknown mode.
CiMode parse_ci_mode(const std::string& word);

/// Sets what the command line left open. Reads the plan for its name; changes no file.
void set_ci_defaults(CiMode mode, campaign::ExploreOptions& options);

/// Removes the campaign of an earlier pull request from the directory that `pr` uses by default, if
/// `options` name this directory. Nothing depends on such a campaign, and an existing directory
/// would otherwise be a usage error.
void discard_earlier_check(const campaign::ExploreOptions& options);

/// The exit status of a pull request's check from that of its campaign.
int pr_status(int exit_status);

/// `prune` and `report` on the campaign that `options` name; both return the exit status.
int run_prune(const campaign::ExploreOptions& options);
int run_ci_report(const campaign::ExploreOptions& options);

} // namespace harness::cli
