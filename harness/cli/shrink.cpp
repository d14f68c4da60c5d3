// `harness shrink`: writes the smallest input that still shows a pair.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/shrink.hpp"

#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/step_line.hpp"
#include "harness/pool/worker_sandbox.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace harness::cli {

namespace {

struct ShrinkOptions {
  std::string directory;
  std::string pair;
  std::string from;
  std::string output;
  std::uint32_t tries = 1;
  bool isolation = true;
};

int run_shrink(const ShrinkOptions& options) {
  const auto campaign = store::open_campaign(options.directory);
  const auto pair = analysis::find_pair(campaign, options.pair);
  const auto reproducer =
      analysis::find_reproducer(campaign, options.from.empty() ? options.pair : options.from);
  const std::uint32_t workers = pool::worker_count(campaign.plan);
  pool::ReplaySession session(campaign.plan, {.isolation = options.isolation, .workers = workers});
  analysis::Shrunk shrunk;
  {
    StepLine line;
    shrunk = analysis::shrink(
        session, reproducer.text, pair,
        {.phases = campaign.state.profile.phases, .tries = options.tries, .batch = 2 * workers},
        [&](std::size_t bytes, std::uint64_t runs) {
          line.show(fmt::format("{} bytes after {} runs", bytes, runs));
        });
  }
  if (!shrunk.shown && !session.interrupted()) {
    remark("shrink",
           fmt::format("input {} did not show {} in {} runs; for a flaky pair, raise --tries",
                       reproducer.hash, pair.text(), options.tries));
    return 1;
  }
  write_output(options.output, shrunk.text);
  return session.interrupted() ? exit_interrupted : exit_good;
}

CommandAction define_shrink(CLI::App& app) {
  const auto options = std::make_shared<ShrinkOptions>();
  add_campaign(app, options->directory);
  app.add_option("PAIR", options->pair, "Pair, as PHASE:CALL or CALL")->required();
  app.add_option("--from", options->from,
                 "Start from this input (default: the smallest that showed the pair)");
  add_output(app, options->output);
  app.add_option("--tries", options->tries,
                 "Run each candidate N times, for flaky pairs (default: 1)");
  add_isolation(app, options->isolation);
  return [options](const Invocation&) { return run_shrink(*options); };
}

} // namespace

extern const Command shrink_command;
const Command shrink_command = {
    .name = "shrink",
    .summary = "Find the smallest input that still shows a pair",
    .examples = "  harness shrink redis.campaign serving:accept4\n"
                "  harness shrink ls.campaign run:lgetxattr --output smallest.input\n"
                "Exit status: 0 found; 1 the input did not show the pair.\n",
    .define = define_shrink,
    .group = Group::inspect,
};

} // namespace harness::cli
