// `explore --ci MODE`: what a job does without a person, each mode with its defaults.
//   pr      five minutes against the baseline; new calls fail it, a budget that was too short does
//   not batch   every night: goes on with the campaign there is, with new counts on its corpus
//   where the
//           target or the plan has changed, until it converges
//   prune   the smallest corpus that shows the same pairs, beside the campaign
//   report  only the reports, and the exit status of their gates
#pragma once

#include "harness/campaign/options.hpp"

#include <string>

namespace harness::cli {

enum class CiMode { lines, pr, batch, prune, report };

/// "" is `lines`: a log instead of a screen and no defaults. Throws UserError for no mode.
CiMode parse_ci_mode(const std::string& word);

/// Fills in what the user left open. Reads the plan for its name.
void set_ci_defaults(CiMode mode, campaign::ExploreOptions& options);

/// The exit status of a pull request's check from that of its campaign.
int pr_status(int exit_status);

/// `prune` and `report` on the campaign that `options` name. Give the exit status.
int run_prune(const campaign::ExploreOptions& options);
int run_ci_report(const campaign::ExploreOptions& options);

} // namespace harness::cli
