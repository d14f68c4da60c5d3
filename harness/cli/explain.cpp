// `harness explain`: shows when each call was first seen, with which input, and which dimensions of
// the input it requires.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/explain.hpp"

#include "core/base/text.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace harness::cli {

namespace {

struct ExplainArguments {
  std::vector<std::string> campaigns;
  std::string pair; // only declares the operand: see split_operands
  bool isolation = true;
};

/// The last operand is a pair unless it is a directory; all others are campaigns.
analysis::ExplainOptions split_operands(const ExplainArguments& arguments) {
  analysis::ExplainOptions options{
      .campaigns = arguments.campaigns, .pair = arguments.pair, .isolation = arguments.isolation};
  auto& words = options.campaigns;
  if (words.size() > 1 && !std::filesystem::is_directory(words.back())) {
    options.pair = words.back();
    words.pop_back();
  }
  return options;
}

int run_explain(const ExplainArguments& arguments) {
  const auto explanation = analysis::explain(split_operands(arguments));
  if (!explanation) {
    return exit_interrupted;
  }
  fmt::print("{}", explain_text(*explanation));
  fmt::print(stderr, "{} runs made\n", with_commas(explanation->runs));
  return exit_good;
}

CommandAction define_explain(CLI::App& app) {
  const auto arguments = std::make_shared<ExplainArguments>();
  app.add_option("CAMPAIGN", arguments->campaigns, "Campaign directory; several must share a plan")
      ->required();
  app.add_option("PAIR", arguments->pair, "Explain only this pair, PHASE:CALL or CALL");
  add_isolation(app, arguments->isolation);
  return [arguments](const Invocation&) { return run_explain(*arguments); };
}

} // namespace

extern const Command explain_command;
const Command explain_command = {
    .name = "explain",
    .summary = "Explain when each call was found, and what of the input it requires",
    .examples = "  harness explain redis.campaign\n"
                "  harness explain redis.campaign serving:accept4\n"
                "  harness explain seed-1.campaign seed-2.campaign > explain.md\n",
    .define = define_explain,
    .group = Group::inspect,
};

} // namespace harness::cli
