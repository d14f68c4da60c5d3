// `harness found`: which calls were found, when, by which input, and what each one needed.
#include "harness/analysis/explain.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace harness::cli {

namespace {

struct ExplainOptions {
  analysis::ExplainOptions found;
  bool no_isolation = false;
};

int run_found(ExplainOptions& options) {
  options.found.isolation = !options.no_isolation;
  const auto found = analysis::find_required_dimensions(options.found);
  if (!found) {
    return exit_interrupted;
  }
  fmt::print("{}", explain_text(*found));
  fmt::print(stderr, "{} runs showed what is needed\n", with_commas(found->runs));
  return exit_good;
}

Action define_found(CLI::App& app) {
  const auto options = std::make_shared<ExplainOptions>();
  app.add_option("CAMPAIGN", options->found.campaigns, "Campaign directories of one plan")
      ->required();
  app.add_flag("--no-isolation", options->no_isolation, "Let the target do as it pleases");
  return [options](const Invocation&) { return run_found(*options); };
}

} // namespace

extern const Command found_command;
const Command found_command = {
    .name = "found",
    .summary = "When each call was found, by which input, and what of it was needed",
    .examples = "  harness found redis.campaign\n"
                "  harness found seed-1.campaign seed-2.campaign > found.md\n",
    .define = define_found,
};

} // namespace harness::cli
