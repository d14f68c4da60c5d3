// `harness merge`: joins several campaigns into one.
// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/merge.hpp"

#include "core/base/text.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace harness::cli {

namespace {

struct MergeOptions {
  std::string out;
  std::vector<std::string> sources;
  campaign::MergeOptions merge;
};

int run_merge(const MergeOptions& options) {
  const auto report = campaign::merge_campaigns(options.out, options.sources, options.merge);
  for (const auto& warning : report.warnings) {
    remark("note", warning);
  }
  for (const auto& source : report.sources) {
    print_line(fmt::format("{}: {} runs, {} pairs, {} of them in no other campaign", source.path,
                           with_commas(source.runs), source.pairs, source.only_here));
  }
  print_line(fmt::format("{}: {} runs, {} pairs, {} inputs", options.out, with_commas(report.runs),
                         report.pairs, with_commas(report.inputs)));
  if (report.attempt) {
    print_line(fmt::format("attempt {}: {}", report.attempt->number, report.statement));
  }
  return exit_good;
}

CommandAction define_merge(CLI::App& app) {
  auto options = std::make_shared<MergeOptions>();
  app.add_option("OUT", options->out, "Directory of the merged campaign; may already exist")
      ->required();
  app.add_option("CAMPAIGN", options->sources, "Campaign directory to merge")->required();
  app.add_flag("--different", options->merge.different,
               "Merge even if target or plan differ; phases must be the same");
  app.add_flag("--partial", options->merge.partial, "Merge even if shards are missing");
  return [options](const Invocation&) { return run_merge(*options); };
}

} // namespace

extern const Command merge_command;
const Command merge_command = {
    .name = "merge",
    .summary = "Merge campaigns: counts, pairs and inputs of all into one",
    .examples = "  harness merge all.campaign shard-1.campaign shard-2.campaign\n"
                "  harness merge all.campaign shard-*.campaign --partial\n",
    .define = define_merge,
    .group = Group::explore,
};

} // namespace harness::cli
