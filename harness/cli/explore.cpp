// `harness explore`: runs a campaign, from its plan to its reports.
// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/explore.hpp"

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/explore_ci.hpp"
#include "harness/cli/explore_output.hpp"
#include "harness/cli/shipped_plans.hpp"
#include "harness/cli/style.hpp"
#include "harness/cli/version.hpp"
#include "reports/formats.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace harness::cli {

namespace {

struct ExploreArguments {
  campaign::ExploreOptions options;
  std::string budget;
  std::string progress = "auto";
  const CLI::Option* ci_option = nullptr; // also given without a mode
  std::string ci;
  bool quiet = false;
};

Duration duration_of(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || duration->count() <= 0) {
    throw UserError({}, "--for " + quote_if_needed(text) + ": not a duration",
                    "write 90s, 10m or 2h");
  }
  return *duration;
}

Progress progress_of(const ExploreArguments& arguments) {
  if (arguments.quiet) {
    return Progress::quiet;
  }
  if (arguments.ci_option->count() > 0) {
    return Progress::lines;
  }
  const auto progress = parse_progress(arguments.progress);
  if (!progress) {
    throw UserError({}, "--progress " + quote_if_needed(arguments.progress) + ": unknown form",
                    "write auto, screen, lines, json or quiet");
  }
  return *progress;
}

int run_explore(ExploreArguments& arguments) {
  campaign::ExploreOptions& options = arguments.options;
  options.plan_file = plan_file_of(options.plan_file);
  if (!arguments.budget.empty()) {
    options.budget = duration_of(arguments.budget);
  }
  options.version = version;
  const CiMode mode = parse_ci_mode(arguments.ci);
  set_ci_defaults(mode, options);
  if (mode == CiMode::prune) {
    return run_prune(options);
  }
  if (mode == CiMode::report) {
    return run_ci_report(options);
  }
  if (mode == CiMode::pr) {
    discard_earlier_check(options);
  }
  campaign::ExploreResult result;
  {
    const auto observer = make_observer(progress_of(arguments));
    result = campaign::explore(options, *observer);
  }
  if (result.summary) {
    const std::string text = reports::terminal_summary(*result.summary, style_for(STDOUT_FILENO));
    std::fputs(text.c_str(), stdout);
  }
  if (result.interrupted) {
    return exit_interrupted;
  }
  const int status = result.summary ? result.summary->exit_status : exit_good;
  return mode == CiMode::pr ? pr_status(status) : status;
}

CommandAction define_explore(CLI::App& app) {
  const auto arguments = std::make_shared<ExploreArguments>();
  auto& options = arguments->options;
  app.add_option("PLAN", options.plan_file, "Plan: a YAML file or the name of a shipped plan")
      ->required();
  app.add_flag_callback(
      "--plan-list",
      [] {
        std::fputs(plan_list().c_str(), stdout);
        throw CLI::Success();
      },
      "Print the shipped plans");
  app.add_option("--out", options.directory, "Campaign directory (default: ./NAME.campaign)");
  app.add_option("--for", arguments->budget, "Stop after this time: 90s, 10m, 2h");
  app.add_option("--runs", options.runs, "Stop after N runs");
  add_workers(app, options.workers);
  app.add_option("--seed", options.seed, "Random seed (default: random)");
  app.add_option(
      "--epsilon", options.epsilon,
      "Converge when at most this share of runs shows something new (default: from the plan)");
  app.add_option("--confidence", options.confidence,
                 "Confidence of the convergence test (default: from the plan)");
  app.add_option("--replicates", options.replicates,
                 "Run N independent searches (default: from the plan)");
  app.add_option("--baseline", options.baseline,
                 "Fail on calls that are not in this campaign or report.json");
  add_shard(app, options.shard, "Explore one of several shards, to be merged later: 2/4");
  add_resume(app, options.resume);
  app.add_flag("--adopt", options.adopt,
               "With --resume: restart the counts if target or plan have changed");
  app.add_option("--progress", arguments->progress,
                 "Form of the progress: auto, screen, lines, json or quiet (default: auto)");
  arguments->ci_option =
      app.add_option("--ci", arguments->ci,
                     "Write progress as lines; with a mode, use its defaults: pr, batch, prune or "
                     "report")
          ->expected(0, 1);
  app.add_flag("--quiet", arguments->quiet, "Show no progress");
  add_isolation(app, options.isolation);
  return [arguments](const Invocation&) { return run_explore(*arguments); };
}

} // namespace

extern const Command explore_command;
const Command explore_command = {
    .name = "explore",
    .summary = "Explore a program's system calls until the set is statistically complete",
    .examples = "  harness explore workloads/redis/redis.yaml\n"
                "  harness explore redis\n"
                "  harness explore ls.yaml --for 60s --out /tmp/ls.campaign\n"
                "  harness explore ls.yaml --resume\n"
                "  harness explore ls.yaml --ci pr --baseline main/report.json\n"
                "  harness explore ls.yaml --ci batch --for 6h\n",
    .define = define_explore,
    .group = Group::explore,
};

} // namespace harness::cli
