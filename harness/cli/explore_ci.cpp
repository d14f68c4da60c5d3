// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/explore_ci.hpp"

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "harness/analysis/minimize_campaign.hpp"
#include "harness/campaign/campaign.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/report_again.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/work_dir.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace harness::cli {

namespace fs = std::filesystem;

namespace {

constexpr auto pr_budget = std::chrono::minutes(5);
constexpr const char* pr_directory = "pr.campaign";

} // namespace

CiMode parse_ci_mode(const std::string& word) {
  if (word.empty()) {
    return CiMode::lines;
  }
  if (word == "pr") {
    return CiMode::pr;
  }
  if (word == "batch") {
    return CiMode::batch;
  }
  if (word == "prune") {
    return CiMode::prune;
  }
  if (word == "report") {
    return CiMode::report;
  }
  throw UserError({}, "--ci " + quote_if_needed(word) + ": unknown mode",
                  "write pr, batch, prune or report; --ci without a mode goes after PLAN");
}

void set_ci_defaults(CiMode mode, campaign::ExploreOptions& options) {
  if (mode == CiMode::lines) {
    return;
  }
  const std::string nightly = campaign::directory_of(plan::load_plan(options.plan_file), options);
  switch (mode) {
  case CiMode::lines:
    break;
  case CiMode::pr:
    if (options.directory.empty()) {
      options.directory = pr_directory;
      if (!options.baseline && store::WorkDir::exists(nightly)) {
        options.baseline = nightly;
      }
    }
    if (!options.budget && !options.runs) {
      options.budget = pr_budget;
    }
    break;
  case CiMode::batch:
    options.directory = nightly;
    options.resume = store::WorkDir::exists(nightly);
    options.adopt = options.resume;
    break;
  case CiMode::prune:
  case CiMode::report:
    options.directory = nightly;
    break;
  }
}

void discard_earlier_check(const campaign::ExploreOptions& options) {
  if (options.directory == pr_directory && !options.resume &&
      store::WorkDir::open(options.directory)) {
    fs::remove_all(options.directory);
  }
}

int pr_status(int exit_status) {
  return exit_status == exit_interrupted ? exit_status : exit_status & ~exit_not_converged;
}

int run_prune(const campaign::ExploreOptions& options) {
  const std::string out = options.directory + ".corpus";
  const std::string fresh = out + ".new";
  fs::remove_all(fresh);
  const auto result = analysis::minimize_campaign(
      {.campaign = options.directory, .out = fresh, .isolation = options.isolation},
      [](std::size_t, std::size_t) {});
  if (result.pairs > 0 && result.inputs.empty()) {
    return exit_interrupted;
  }
  fs::remove_all(out);
  fs::rename(fresh, out);
  print_line(fmt::format("{}: {} inputs, {} bytes (of {}) reproduce {} of {} pairs", out,
                         with_commas(result.inputs.size()), with_commas(result.bytes),
                         with_commas(result.bytes_before), result.pairs - result.unconfirmed.size(),
                         result.pairs));
  return exit_good;
}

int run_ci_report(const campaign::ExploreOptions& options) {
  return report_again(options.directory, options.baseline.value_or(""));
}

} // namespace harness::cli
