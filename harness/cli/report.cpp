// `harness report`: the reports of a campaign again, from what its directory holds now.
#include "harness/base/fd.hpp"
#include "harness/base/user_error.hpp"
#include "harness/campaign/finish.hpp"
#include "harness/campaign/opened.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/style.hpp"
#include "reports/formats.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace harness::cli {

namespace {

struct Options {
  std::string directory;
  std::string format;
  std::string output;
  std::string baseline;
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

void need(const Result<>& done) {
  if (!done) {
    throw std::runtime_error(done.error().message);
  }
}

int run_report(const Options& options) {
  const auto opened = campaign::open_campaign(options.directory);
  auto ending = campaign::ending_of(opened.notes);
  if (!options.baseline.empty()) {
    ending.baseline = campaign::load_baseline(options.baseline);
  }
  const auto summary = campaign::summarise_campaign(
      {opened.plan, opened.environment, opened.directory, opened.books}, ending);
  if (!options.format.empty()) {
    const std::string text = format_of(options.format).render(summary);
    if (options.output.empty()) {
      std::fputs(text.c_str(), stdout);
    } else {
      need(replace_file(options.output, text));
    }
    return exit_good;
  }
  need(campaign::write_reports(opened.directory, summary));
  std::fputs(reports::terminal_summary(summary, style_for(STDOUT_FILENO)).c_str(), stdout);
  return exit_good;
}

Action define(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("CAMPAIGN", options->directory, "A campaign directory")->required();
  app.add_option("--format", options->format,
                 "One report to standard output: json, html, markdown, junit, ...");
  app.add_option("--output", options->output, "Write it there instead");
  app.add_option("--baseline", options->baseline, "Compare with this campaign or report.json");
  return [options](const Invocation&) { return run_report(*options); };
}

} // namespace

extern const Command report_command;
const Command report_command = {
    .name = "report",
    .summary = "Write the reports of a campaign again, or one of them anywhere",
    .examples = "  harness report redis.campaign\n"
                "  harness report redis.campaign --format json --output redis.json\n",
    .define = define,
};

} // namespace harness::cli
