// `harness report`: writes the reports of a campaign again, from the current state of its
// directory.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/user_error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/report_again.hpp"
#include "reports/formats.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace harness::cli {

namespace {

struct ReportOptions {
  std::string directory;
  std::string format;
  std::string output;
  std::string baseline;
  bool ci = false;
};

const reports::Format& format_of(const std::string& name) {
  const auto* format = reports::find_format(name);
  if (format == nullptr) {
    std::string names;
    for (const auto& known : reports::formats()) {
      names += names.empty() ? std::string(known.name) : ", " + std::string(known.name);
    }
    throw UserError({}, fmt::format("--format {}: unknown report", name), "write one of " + names);
  }
  return *format;
}

int run_report(const ReportOptions& options) {
  if (options.format.empty()) {
    const int status = report_again(options.directory, options.baseline);
    return options.ci ? status : exit_good;
  }
  const std::string text =
      format_of(options.format).render(summary_again(options.directory, options.baseline));
  write_output(options.output, text);
  return exit_good;
}

CommandAction define_report(CLI::App& app) {
  const auto options = std::make_shared<ReportOptions>();
  add_campaign(app, options->directory);
  app.add_option("--format", options->format,
                 "Write one report to standard output: json, html, markdown, junit, ...");
  add_output(app, options->output);
  app.add_option("--baseline", options->baseline, "Compare with this campaign or report.json");
  app.add_flag("--ci", options->ci, "Exit as explore would: with the sum of the gates that failed");
  return [options](const Invocation&) { return run_report(*options); };
}

} // namespace

extern const Command report_command;
const Command report_command = {
    .name = "report",
    .summary = "Write the reports of a campaign again, or one of them to a file",
    .examples = "  harness report redis.campaign\n"
                "  harness report redis.campaign --format json --output redis.json\n",
    .define = define_report,
    .group = Group::inspect,
};

} // namespace harness::cli
