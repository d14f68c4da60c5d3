// `harness validate`: fresh runs from the frozen generator of a campaign, all or one shard.
// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/validate.hpp"

#include "core/base/text.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/explore_output.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace harness::cli {

namespace {

struct ValidateArguments {
  campaign::ValidateOptions options;
  std::optional<Shard> shard;
  bool quiet = false;
  bool ci = false;
};

int run_validate(ValidateArguments& arguments) {
  campaign::ValidateOptions& options = arguments.options;
  options.shard = arguments.shard.value_or(Shard{});
  options.version = version;
  campaign::ValidateResult result;
  {
    const auto observer = make_observer(arguments.quiet ? Progress::quiet
                                        : arguments.ci  ? Progress::lines
                                                        : Progress::automatic);
    result = campaign::validate(options, *observer);
  }
  const auto& part = result.part;
  print_line(
      fmt::format("{}: {} of {} fresh runs of attempt {}, {} with something new, {} incomplete",
                  result.directory, with_commas(part.runs), with_commas(result.frozen.runs),
                  part.number, with_commas(part.news), with_commas(part.incomplete)));
  fmt::print("next, when all parts are finished: harness merge {} PART...\n",
             quote_if_needed(options.campaign));
  return result.interrupted ? exit_interrupted : exit_good;
}

CommandAction define_validate(CLI::App& app) {
  const auto arguments = std::make_shared<ValidateArguments>();
  auto& options = arguments->options;
  app.add_option("CAMPAIGN", options.campaign, "Campaign directory; only read")->required();
  add_shard(app, arguments->shard, "Make only this shard of the fresh runs: 2/4");
  app.add_option("--out", options.directory,
                 "Directory of the fresh runs (default: ./NAME.fresh-I-of-N.campaign)");
  add_workers(app, options.workers);
  add_resume(app, options.resume);
  app.add_flag("--ci", arguments->ci, "Write progress as lines");
  app.add_flag("--quiet", arguments->quiet, "Show no progress");
  add_isolation(app, options.isolation);
  return [arguments](const Invocation&) { return run_validate(*arguments); };
}

} // namespace

extern const Command validate_command;
const Command validate_command = {
    .name = "validate",
    .summary = "Validate a merged campaign with fresh runs",
    .examples = "  harness validate all.campaign --shard 1/2\n"
                "  harness validate all.campaign --shard 2/2\n"
                "  harness merge all.campaign all.fresh-*.campaign\n",
    .define = define_validate,
    .group = Group::explore,
};

} // namespace harness::cli
