// `harness report`: the reports of a campaign again, from what its directory holds now.
#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/report_again.hpp"
#include "reports/formats.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <stdexcept>

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
    throw UserError({}, fmt::format("--format {}: there is no such report", name),
                    "write one of " + names);
  }
  return *format;
}

void value_or_throw(const Result<>& done) {
  if (!done) {
    throw std::runtime_error(done.error().message);
  }
}

int run_report(const ReportOptions& options) {
  if (options.format.empty()) {
    const int status = report_again(options.directory, options.baseline);
    return options.ci ? status : exit_good;
  }
  const std::string text =
      format_of(options.format).render(summary_again(options.directory, options.baseline));
  if (options.output.empty()) {
    std::fputs(text.c_str(), stdout);
  } else {
    value_or_throw(replace_file(options.output, text));
  }
  return exit_good;
}

Action define_report(CLI::App& app) {
  const auto options = std::make_shared<ReportOptions>();
  app.add_option("CAMPAIGN", options->directory, "A campaign directory")->required();
  app.add_option("--format", options->format,
                 "One report to standard output: json, html, markdown, junit, ...");
  app.add_option("--output", options->output, "Write it there instead");
  app.add_option("--baseline", options->baseline, "Compare with this campaign or report.json");
  app.add_flag("--ci", options->ci, "Exit as explore would have: the sum of the gates that failed");
  return [options](const Invocation&) { return run_report(*options); };
}

} // namespace

extern const Command report_command;
const Command report_command = {
    .name = "report",
    .summary = "Write the reports of a campaign again, or one of them anywhere",
    .examples = "  harness report redis.campaign\n"
                "  harness report redis.campaign --format json --output redis.json\n",
    .define = define_report,
};

} // namespace harness::cli
