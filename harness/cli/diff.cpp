// `harness diff`: compares the calls of two campaigns.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/diff.hpp"

#include "core/base/json_text.hpp"
#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/store/campaign_snapshot.hpp"
#include "reports/escape.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace harness::cli {

namespace {

using analysis::Change;

struct DiffOptions {
  std::string first;
  std::string second;
  bool all = false;
  bool json = false;
  bool with_faulted = false;
};

std::string text_of(const analysis::DiffEntry& entry) {
  const char sign = entry.change == Change::gained ? '+'
                    : entry.change == Change::lost ? '-'
                    : entry.change == Change::same ? ' '
                                                   : '~';
  const std::string programs = fmt::format("{}", fmt::join(entry.executables, ","));
  std::string line = fmt::format("{} {:<7} {:<12} {:<20} {}", sign, to_string(entry.change),
                                 printable(entry.phase), qualified_name(entry.call),
                                 printable(programs)); // targets choose the names of programs
  if (!entry.reproducer.empty() && entry.change != Change::same) {
    line += fmt::format("  harness replay {} {}", reports::shell_word(entry.reproducer_side),
                        entry.reproducer);
  }
  if (entry.stability.tried > 0 && entry.change != Change::same) {
    line += fmt::format("  ({} of {})", entry.stability.shown, entry.stability.tried);
  }
  return line + "\n";
}

nlohmann::ordered_json json_of(const analysis::Diff& diff, bool all) {
  auto entries = nlohmann::ordered_json::array();
  for (const auto& entry : diff.entries) {
    if (all || entry.change != Change::same) {
      auto executables = nlohmann::ordered_json::array();
      for (const auto& executable : entry.executables) {
        executables.push_back(json_text(executable));
      }
      entries.push_back({{"change", to_string(entry.change)},
                         {"phase", json_text(entry.phase)},
                         {"name", qualified_name(entry.call)},
                         {"executables", std::move(executables)},
                         {"campaign", json_text(entry.reproducer_side)},
                         {"input", json_text(entry.reproducer)},
                         {"shown", entry.stability.shown},
                         {"tried", entry.stability.tried}});
    }
  }
  return {{"schema", "harness-diff/1"},       {"gained", diff.count(Change::gained)},
          {"lost", diff.count(Change::lost)}, {"flaky", diff.count(Change::flaky)},
          {"same", diff.count(Change::same)}, {"calls", entries}};
}

int run_diff(const DiffOptions& options) {
  const auto first = store::open_campaign(options.first);
  const auto second = store::open_campaign(options.second);
  const auto diff = analysis::diff(
      first.state.profile, second.state.profile,
      {.first = options.first, .second = options.second, .with_faulted = options.with_faulted});
  if (options.json) {
    fmt::print("{}\n", tame_json(json_of(diff, options.all).dump(2)));
    return diff_status(diff);
  }
  for (const auto& entry : diff.entries) {
    if (options.all || entry.change != Change::same) {
      fmt::print("{}", text_of(entry));
    }
  }
  fmt::print("{} gained, {} lost, {} flaky, {} same\n", diff.count(Change::gained),
             diff.count(Change::lost), diff.count(Change::flaky), diff.count(Change::same));
  return diff_status(diff);
}

CommandAction define_diff(CLI::App& app) {
  auto options = std::make_shared<DiffOptions>();
  app.add_option("A", options->first, "Campaign directory to compare with, the earlier one")
      ->required();
  app.add_option("B", options->second, "Campaign directory to compare, the later one")->required();
  app.add_flag("--all", options->all, "Also list calls that both campaigns have");
  add_json(app, options->json);
  app.add_flag("--with-faulted", options->with_faulted, "Also count calls seen only under faults");
  return [options](const Invocation&) { return run_diff(*options); };
}

} // namespace

extern const Command diff_command;
const Command diff_command = {
    .name = "diff",
    .summary = "Compare the calls of two campaigns",
    .examples = "  harness diff yesterday.campaign today.campaign\n"
                "  harness diff --json a.campaign b.campaign > changes.json\n"
                "Exit status: 0 no difference, or the sum of 2 (gained) and 4 (lost).\n",
    .define = define_diff,
    .group = Group::inspect,
};

} // namespace harness::cli
