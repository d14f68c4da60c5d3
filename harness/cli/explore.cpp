// `harness explore`: a campaign from its plan to its reports.
#include "harness/campaign/explore.hpp"

#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/explore_ci.hpp"
#include "harness/cli/explore_output.hpp"
#include "harness/cli/shard_option.hpp"
#include "harness/cli/style.hpp"
#include "harness/cli/version.hpp"
#include "reports/formats.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace harness::cli {

namespace {

struct Words {
  campaign::ExploreOptions options;
  std::string budget;
  std::string shard;
  std::string progress = "auto";
  const CLI::Option* ci_option = nullptr; // given without a mode, too
  std::string ci;
  bool quiet = false;
  bool no_isolation = false;
};

Duration duration_of(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration || duration->count() <= 0) {
    throw UserError({}, "--for " + quote_if_needed(text) + ": not a duration",
                    "write 90s, 10m or 2h");
  }
  return *duration;
}

Progress progress_of(const Words& words) {
  if (words.quiet) {
    return Progress::quiet;
  }
  if (words.ci_option->count() > 0) {
    return Progress::lines;
  }
  const auto progress = parse_progress(words.progress);
  if (!progress) {
    throw UserError({}, "--progress " + quote_if_needed(words.progress) + ": no such form",
                    "write auto, screen, lines, json or quiet");
  }
  return *progress;
}

int run_explore(Words& words) {
  campaign::ExploreOptions& options = words.options;
  if (!words.budget.empty()) {
    options.budget = duration_of(words.budget);
  }
  if (!words.shard.empty()) {
    options.shard = shard_of(words.shard);
  }
  options.isolation = !words.no_isolation;
  options.version = version;
  const CiMode mode = parse_ci_mode(words.ci);
  set_ci_defaults(mode, options);
  if (mode == CiMode::prune) {
    return run_prune(options);
  }
  if (mode == CiMode::report) {
    return run_ci_report(options);
  }
  campaign::ExploreResult result;
  {
    const auto observer = make_observer(progress_of(words));
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

Action define_explore(CLI::App& app) {
  const auto words = std::make_shared<Words>();
  auto& options = words->options;
  app.add_option("PLAN", options.plan_file, "The plan, a YAML file")->required();
  app.add_option("--out", options.directory, "Campaign directory [./NAME.campaign]");
  app.add_option("--for", words->budget, "Stop after this time: 90s, 10m, 2h");
  app.add_option("--runs", options.runs, "Stop after so many runs");
  app.add_option("--workers", options.workers, "Worker processes [one a core]");
  app.add_option("--seed", options.seed, "Seed of all chance [drawn]");
  app.add_option("--epsilon", options.epsilon, "Converged: fewer than this share shows news");
  app.add_option("--confidence", options.confidence, "Converged: with this confidence");
  app.add_option("--replicates", options.replicates, "Independent searches");
  app.add_option("--baseline", options.baseline,
                 "Fail on calls outside of this campaign or report.json");
  app.add_option("--shard", words->shard, "One of several campaigns to be merged: 2/4");
  app.add_flag("--resume", options.resume, "Go on with an existing campaign");
  app.add_flag("--adopt", options.adopt, "With --resume: new counts where target or plan changed");
  app.add_option("--progress", words->progress, "auto, screen, lines, json or quiet");
  words->ci_option = app.add_option("--ci", words->ci,
                                    "For jobs: lines; and the defaults of pr, batch, prune, report")
                         ->expected(0, 1);
  app.add_flag("--quiet", words->quiet, "No progress");
  app.add_flag("--no-isolation", words->no_isolation,
               "Let targets do to this machine whatever they are made to do");
  return [words](const Invocation&) { return run_explore(*words); };
}

} // namespace

extern const Command explore_command;
const Command explore_command = {
    .name = "explore",
    .summary = "Which calls a program makes, until there is reason to believe it is all of them",
    .examples = "  harness explore workloads/redis/redis.yaml\n"
                "  harness explore ls.yaml --for 60s --out /tmp/ls.campaign\n"
                "  harness explore ls.yaml --resume\n"
                "  harness explore ls.yaml --ci pr --baseline main/report.json\n"
                "  harness explore ls.yaml --ci batch --for 6h\n",
    .define = define_explore,
};

} // namespace harness::cli
