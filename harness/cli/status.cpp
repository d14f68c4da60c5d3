// `harness status`: how a campaign stands; it may be running.
#include "harness/analysis/status.hpp"

#include "harness/cli/commands.hpp"
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

Action define_status(CLI::App& app) {
  auto options = std::make_shared<StatusOptions>();
  app.add_option("CAMPAIGN", options->directory, "A campaign directory")->required();
  app.add_flag("--json", options->json, "Write one JSON object");
  return [options](const Invocation&) { return run_status(*options); };
}

} // namespace

extern const Command status_command;
const Command status_command = {
    .name = "status",
    .summary = "How a campaign stands, also while it runs",
    .examples = "  harness status redis.campaign\n",
    .define = define_status,
};

} // namespace harness::cli
