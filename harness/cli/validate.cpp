// `harness validate`: fresh runs from the frozen generator of a campaign, or a shard of them.
#include "harness/campaign/validate.hpp"

#include "core/base/text.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/explore_output.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/shard_option.hpp"
#include "harness/cli/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace harness::cli {

namespace {

struct Words {
  campaign::ValidateOptions options;
  std::string shard;
  bool quiet = false;
  bool ci = false;
  bool no_isolation = false;
};

int run_validate(Words& words) {
  campaign::ValidateOptions& options = words.options;
  if (!words.shard.empty()) {
    options.shard = shard_of(words.shard);
  }
  options.isolation = !words.no_isolation;
  options.version = version;
  campaign::ValidateResult result;
  {
    const auto observer = make_observer(words.quiet ? Progress::quiet
                                        : words.ci  ? Progress::lines
                                                    : Progress::automatic);
    result = campaign::validate(options, *observer);
  }
  const auto& part = result.part;
  print_line(fmt::format("{}: {} of {} fresh runs of attempt {}, {} with news, {} not seen whole",
                         result.directory, with_commas(part.runs), with_commas(result.frozen.runs),
                         part.number, with_commas(part.news), with_commas(part.incomplete)));
  fmt::print("when all parts are drawn: harness merge {} PART...\n",
             quote_if_needed(options.campaign));
  return result.interrupted ? exit_interrupted : exit_good;
}

Action define_validate(CLI::App& app) {
  const auto words = std::make_shared<Words>();
  auto& options = words->options;
  app.add_option("CAMPAIGN", options.campaign, "A campaign directory; it is only read")->required();
  app.add_option("--shard", words->shard, "Draw this share of the runs only: 2/4");
  app.add_option("--out", options.directory, "Directory [./NAME.fresh-2-of-4.campaign]");
  app.add_option("--workers", options.workers, "Worker processes [one a core]");
  app.add_flag("--resume", options.resume, "Go on with a part that was begun");
  app.add_flag("--ci", words->ci, "Lines, no redrawing");
  app.add_flag("--quiet", words->quiet, "No progress");
  app.add_flag("--no-isolation", words->no_isolation,
               "Let targets do to this machine whatever they are made to do");
  return [words](const Invocation&) { return run_validate(*words); };
}

} // namespace

extern const Command validate_command;
const Command validate_command = {
    .name = "validate",
    .summary = "Fresh runs from what a merged campaign has become: does any show something new?",
    .examples = "  harness validate all.campaign --shard 1/2\n"
                "  harness validate all.campaign --shard 2/2\n"
                "  harness merge all.campaign all.fresh-*.campaign\n",
    .define = define_validate,
};

} // namespace harness::cli
