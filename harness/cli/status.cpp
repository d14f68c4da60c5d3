// `harness status`: shows the state of a campaign, which may be running.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/status.hpp"

#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace harness::cli {

namespace {

struct StatusOptions {
  std::string directory;
  bool json = false;
};

int run_status(const StatusOptions& options) {
  const auto status = analysis::status_of(store::open_campaign(options.directory));
  fmt::print("{}", options.json ? status_json(status) : status_text(status));
  return exit_good;
}

CommandAction define_status(CLI::App& app) {
  auto options = std::make_shared<StatusOptions>();
  add_campaign(app, options->directory);
  add_json(app, options->json);
  return [options](const Invocation&) { return run_status(*options); };
}

} // namespace

extern const Command status_command;
const Command status_command = {
    .name = "status",
    .summary = "Show the state of a campaign, even while it runs",
    .examples = "  harness status redis.campaign\n",
    .define = define_status,
    .group = Group::inspect,
};

} // namespace harness::cli
