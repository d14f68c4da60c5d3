// `harness shrink`: the smallest input that still shows a pair.
#include "harness/analysis/shrink.hpp"

#include "core/base/fd.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/step_line.hpp"
#include "harness/pool/worker_sandbox.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <stdexcept>

namespace harness::cli {

namespace {

struct ShrinkOptions {
  std::string directory;
  std::string pair;
  std::string from;
  std::string output;
  std::uint32_t tries = 1;
  bool no_isolation = false;
};

int run_shrink(const ShrinkOptions& options) {
  const auto campaign = store::open_campaign(options.directory);
  const auto pair = analysis::find_pair(campaign, options.pair);
  const auto reproducer =
      analysis::find_reproducer(campaign, options.from.empty() ? options.pair : options.from);
  const std::uint32_t workers = pool::worker_count(campaign.plan);
  pool::ReplaySession room(campaign.plan, {.isolation = !options.no_isolation, .workers = workers});
  analysis::Shrunk shrunk;
  {
    StepLine line;
    shrunk = analysis::shrink(
        room, reproducer.text, pair,
        {.phases = campaign.state.profile.phases, .tries = options.tries, .batch = 2 * workers},
        [&](std::size_t bytes, std::uint64_t runs) {
          line.show(fmt::format("{} bytes after {} runs", bytes, runs));
        });
  }
  if (!shrunk.shown && !room.interrupted()) {
    remark("shrink", fmt::format("input {} did not show {} in {} runs; --tries N for flaky pairs",
                                 reproducer.hash, pair.text(), options.tries));
    return 1;
  }
  if (options.output.empty()) {
    std::fputs(shrunk.text.c_str(), stdout);
  } else if (auto written = replace_file(options.output, shrunk.text); !written) {
    throw std::runtime_error(written.error().message);
  }
  return room.interrupted() ? exit_interrupted : exit_good;
}

Action define_shrink(CLI::App& app) {
  const auto options = std::make_shared<ShrinkOptions>();
  app.add_option("CAMPAIGN", options->directory, "A campaign directory")->required();
  app.add_option("PAIR", options->pair, "PHASE:CALL or CALL, as the report names it")->required();
  app.add_option("--from", options->from, "Begin with this input [the smallest that showed it]");
  app.add_option("--output", options->output, "Write the input there [standard output]");
  app.add_option("--tries", options->tries, "Runs of each candidate, for flaky pairs [1]");
  app.add_flag("--no-isolation", options->no_isolation, "Let the target do as it pleases");
  return [options](const Invocation&) { return run_shrink(*options); };
}

} // namespace

extern const Command shrink_command;
const Command shrink_command = {
    .name = "shrink",
    .summary = "The smallest input that still shows a call in a phase",
    .examples = "  harness shrink redis.campaign serving:accept4\n"
                "  harness shrink ls.campaign run:lgetxattr --output smallest.input\n"
                "Exit status: 0 found, 1 the input did not show the pair.\n",
    .define = define_shrink,
};

} // namespace harness::cli
