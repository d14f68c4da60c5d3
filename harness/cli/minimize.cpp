// `harness minimize`: the smallest corpus that shows the same.
#include "harness/analysis/minimize_campaign.hpp"

#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/step_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace harness::cli {

namespace {

struct MinimizeOptions {
  analysis::MinimizeOptions minimize;
  bool no_isolation = false;
};

/// "redis.campaign/" → "redis.campaign.corpus"
std::string default_out(std::string campaign) {
  while (campaign.size() > 1 && campaign.back() == '/') {
    campaign.pop_back();
  }
  return campaign + ".corpus";
}

int run_minimize(MinimizeOptions& options) {
  auto& minimize = options.minimize;
  minimize.isolation = !options.no_isolation;
  if (minimize.out.empty()) {
    minimize.out = default_out(minimize.campaign);
  }
  analysis::Minimized result;
  {
    StepLine line;
    result = analysis::minimize_campaign(minimize, [&](std::size_t done, std::size_t planned) {
      line.show(fmt::format("{} of {} chosen inputs run", done, planned));
    });
  }
  if (result.pairs > 0 && result.inputs.empty()) {
    fmt::print(stderr, "harness: interrupted, nothing written\n");
    return exit_interrupted;
  }
  for (const auto& pair : result.unconfirmed) {
    print_line(fmt::format("not shown again: {} in {}; its inputs are kept",
                           qualified_name(pair.call), pair.phase));
  }
  print_line(fmt::format("{}: {} inputs, {} bytes (of {}) show {} of {} pairs", minimize.out,
                         with_commas(result.inputs.size()), with_commas(result.bytes),
                         with_commas(result.bytes_before), result.pairs - result.unconfirmed.size(),
                         result.pairs));
  return exit_good;
}

Action define_minimize(CLI::App& app) {
  auto options = std::make_shared<MinimizeOptions>();
  app.add_option("CAMPAIGN", options->minimize.campaign, "A campaign directory")->required();
  app.add_option("--out", options->minimize.out, "New directory for the inputs [CAMPAIGN.corpus]");
  app.add_flag("--no-isolation", options->no_isolation,
               "Let targets do to this machine whatever they are made to do");
  return [options](const Invocation&) { return run_minimize(*options); };
}

} // namespace

extern const Command minimize_command;
const Command minimize_command = {
    .name = "minimize",
    .summary = "The smallest corpus that shows the same pairs, fit as seeds",
    .examples = "  harness minimize redis.campaign --out corpora/redis\n",
    .define = define_minimize,
};

} // namespace harness::cli
