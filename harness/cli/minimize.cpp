// `harness minimize`: writes the smallest corpus that shows the same pairs.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/minimize_campaign.hpp"

#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/step_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace harness::cli {

namespace {

/// "redis.campaign/" → "redis.campaign.corpus"
std::string default_out(std::string campaign) {
  while (campaign.size() > 1 && campaign.back() == '/') {
    campaign.pop_back();
  }
  return campaign + ".corpus";
}

int run_minimize(analysis::MinimizeOptions& minimize) {
  if (minimize.out.empty()) {
    minimize.out = default_out(minimize.campaign);
  }
  analysis::Minimized result;
  {
    StepLine line;
    result = analysis::minimize_campaign(minimize, [&](std::size_t done, std::size_t planned) {
      line.show(fmt::format("{} of {} selected inputs run", done, planned));
    });
  }
  if (result.pairs > 0 && result.inputs.empty()) {
    fmt::print(stderr, "harness: minimize: interrupted, nothing was written\n");
    return exit_interrupted;
  }
  for (const auto& pair : result.unconfirmed) {
    print_line(fmt::format("not reproduced: {} in {}; its inputs are kept",
                           qualified_name(pair.call), pair.phase));
  }
  print_line(fmt::format("{}: {} inputs, {} bytes (of {}) reproduce {} of {} pairs", minimize.out,
                         with_commas(result.inputs.size()), with_commas(result.bytes),
                         with_commas(result.bytes_before), result.pairs - result.unconfirmed.size(),
                         result.pairs));
  return exit_good;
}

CommandAction define_minimize(CLI::App& app) {
  auto options = std::make_shared<analysis::MinimizeOptions>();
  add_campaign(app, options->campaign);
  app.add_option("--out", options->out, "New directory for the inputs (default: CAMPAIGN.corpus)");
  add_isolation(app, options->isolation);
  return [options](const Invocation&) { return run_minimize(*options); };
}

} // namespace

extern const Command minimize_command;
const Command minimize_command = {
    .name = "minimize",
    .summary = "Write the smallest corpus that shows the same pairs, to use as seeds",
    .examples = "  harness minimize redis.campaign --out corpora/redis\n",
    .define = define_minimize,
    .group = Group::explore,
};

} // namespace harness::cli
