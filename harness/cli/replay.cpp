// `harness replay`: runs a saved input again and shows its phases, calls and processes, and whether
// every run shows the pair that the input was saved for.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/base/text_block.hpp"
#include "harness/analysis/reproducer.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/style.hpp"
#include "harness/pool/replay_session.hpp"
#include "harness/store/campaign_snapshot.hpp"
#include "reports/trace.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace harness::cli {

namespace {

struct ReplayOptions {
  std::string directory;
  std::string what;
  std::uint32_t times = 5;
  bool tree = false;
  bool json = false;
  bool isolation = true;
};

/// Pairs that some runs showed and others did not, and in how many.
std::map<std::string, std::size_t> flaky_pairs(const std::vector<engine::Replayed>& runs,
                                               const std::vector<std::string>& phases) {
  std::map<std::string, std::size_t> shown;
  for (const auto& run : runs) {
    std::map<std::string, bool> once; // several executables may make the same call
    for (const auto& sighting : run.result.sightings) {
      const std::string phase = sighting.phase < phases.size() ? phases[sighting.phase] : "";
      once[analysis::WantedPair{phase, sighting.call}.text()] = true;
    }
    for (const auto& [pair, seen] : once) {
      ++shown[pair];
    }
  }
  std::erase_if(shown, [&](const auto& pair) { return pair.second == runs.size(); });
  return shown;
}

std::string verdict(const analysis::Reproducer& reproducer,
                    const std::vector<engine::Replayed>& runs,
                    const std::vector<std::string>& phases, bool& steady) {
  if (reproducer.pair) {
    const auto shown =
        static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), [&](const auto& run) {
          return analysis::shows(run.result, *reproducer.pair, phases);
        }));
    steady = shown == runs.size();
    return fmt::format("{}: {}, {} of {} runs\n", printable(reproducer.pair->text()),
                       steady       ? "stable"
                       : shown == 0 ? "gone"
                                    : "flaky",
                       shown, runs.size());
  }
  const auto flaky = flaky_pairs(runs, phases);
  steady = flaky.empty();
  std::string text =
      steady ? fmt::format("stable: {} runs showed the same calls\n", runs.size()) : "flaky:\n";
  for (const auto& [pair, shown] : flaky) {
    text += fmt::format("  {}: {} of {} runs\n", printable(pair), shown, runs.size());
  }
  return text;
}

int run_replay(const ReplayOptions& options) {
  const auto campaign = store::open_campaign(options.directory);
  const auto reproducer = analysis::find_reproducer(campaign, options.what);
  const auto& phases = campaign.state.profile.phases;
  pool::ReplaySession session(campaign.plan, {.isolation = options.isolation});
  const auto outcome = session.run({{reproducer.text, std::max(1U, options.times)}}).front();
  if (session.interrupted()) {
    return exit_interrupted;
  }
  if (outcome.runs.empty()) {
    throw std::runtime_error(outcome.problem);
  }
  const RunResult& first = outcome.runs.front().result;
  if (options.json) {
    std::fputs((reports::trace_json(first, phases) + "\n").c_str(), stdout);
  } else {
    const auto style = style_for(STDOUT_FILENO);
    fmt::print("input {}\n{}\n", reproducer.hash, printable_lines(reproducer.text));
    std::fputs(reports::trace_table(first, phases, style).c_str(), stdout);
    if (options.tree) {
      std::fputs(reports::trace_tree(first, phases, style).c_str(), stdout);
    }
  }
  bool steady = true;
  const std::string text = verdict(reproducer, outcome.runs, phases, steady);
  std::fputs(text.c_str(), options.json ? stderr : stdout);
  return steady ? exit_good : 1;
}

CommandAction define_replay(CLI::App& app) {
  const auto options = std::make_shared<ReplayOptions>();
  add_campaign(app, options->directory);
  app.add_option("WHAT", options->what, "Input (hash or file) or pair (PHASE:CALL)")->required();
  app.add_option("--times", options->times, "Run the input N times (default: 5)");
  app.add_flag("--tree", options->tree, "Also show each process and thread");
  app.add_flag("--json", options->json, "Write the first run as JSON");
  add_isolation(app, options->isolation);
  return [options](const Invocation&) { return run_replay(*options); };
}

} // namespace

extern const Command replay_command;
const Command replay_command = {
    .name = "replay",
    .summary = "Run a saved input again and show whether its calls are stable",
    .examples = "  harness replay redis.campaign 9f31aa02\n"
                "  harness replay redis.campaign serving:accept4 --tree\n"
                "  harness replay ls.campaign my-input.txt --times 20\n"
                "Exit status: 0 stable; 1 flaky or gone.\n",
    .define = define_replay,
    .group = Group::inspect,
};

} // namespace harness::cli
