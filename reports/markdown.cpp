// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include "core/base/text.hpp"
#include "reports/escape.hpp"
#include "reports/shards.hpp"
#include "reports/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace harness::reports {

namespace {

std::string phases_section(const View& view) {
  std::string text = "| phase | calls | only here | runs | begins at |\n"
                     "|---|--:|--:|--:|---|\n";
  for (const auto& phase : view.phases) {
    text += fmt::format("| {} | {} | {} | {} | {} |\n", markdown(phase.name), phase.calls_seen,
                        phase.only_here, phase.runs == 0 ? "not reached" : with_commas(phase.runs),
                        phase.trigger.empty() ? "" : markdown_code(phase.trigger));
  }
  return text + "\n";
}

std::string changes_section(const View& view) {
  if (!view.summary.baseline) {
    return "";
  }
  std::string text = fmt::format("## Compared with {}\n\n", markdown(*view.summary.baseline));
  if (view.gained.empty() && view.lost.empty()) {
    return text + "No differences.\n\n";
  }
  text += "| | call | phase | executable | input |\n|---|---|---|---|---|\n";
  const auto line = [](const BaselineChange& change) {
    return fmt::format("| {} | {} | {} | {} | {} |\n", change.gained ? "gained" : "lost",
                       markdown_code(qualified_name(change.pair.call)), markdown(change.pair.phase),
                       markdown(change.pair.executable),
                       change.input.empty() ? "" : markdown_code(change.input));
  };
  for (const auto* change : view.gained) {
    text += line(*change);
  }
  for (const auto* change : view.lost) {
    text += line(*change);
  }
  return text + "\n";
}

/// Which phases a call was seen in and how often; one line a call.
std::string calls_section(const View& view) {
  std::map<std::string, std::vector<const CallRow*>> calls;
  for (std::size_t i = 0; i < view.phases.size(); ++i) {
    for (const auto& row : view.phases[i].rows) {
      auto& places = calls[row.qualified];
      places.resize(view.phases.size());
      places[i] = &row;
    }
  }
  std::string text =
      fmt::format("<details><summary>All {} system calls</summary>\n\n| call |", calls.size());
  std::string rule = "|---|";
  for (const auto& phase : view.phases) {
    text += " " + markdown(phase.name) + " |";
    rule += "--:|";
  }
  text += " notes |\n" + rule + "---|\n";
  for (auto& [name, places] : calls) {
    text += fmt::format("| {} |", markdown_code(name));
    std::string notes;
    for (const CallRow* row : places) {
      text += row == nullptr ? " |"
              : row->calls   ? fmt::format(" {} |", with_commas(*row->calls))
                             : std::string(" seen |");
      if (row != nullptr && row->stability.flaky()) {
        notes = fmt::format("flaky: {} of {}", row->stability.shown, row->stability.tried);
      } else if (row != nullptr && row->fault_only && notes.empty()) {
        notes = "only under faults";
      }
    }
    text += " " + notes + " |\n";
  }
  return text + "\n</details>\n\n";
}

std::string failures_section(const View& view) {
  if (view.summary.failures.empty()) {
    return "";
  }
  std::string text = "## Failures\n\n| runs | failure | reproduce with |\n|--:|---|---|\n";
  for (const auto& bucket : view.summary.failures) {
    text += fmt::format("| {} | {} | {} |\n", with_commas(bucket.runs), markdown(bucket.what),
                        markdown_code(replay_command(view.summary, bucket.first_input)));
  }
  return text + "\n";
}

std::string shards_section(const View& view) {
  const auto& shards = view.summary.shards;
  if (shards.empty()) {
    return "";
  }
  std::string text = fmt::format("<details><summary>Merged from {} campaigns</summary>\n\n"
                                 "| | runs | calls | pairs | unique |\n|---|--:|--:|--:|---|\n",
                                 shards.size());
  for (const auto& shard : shards) {
    text += fmt::format(
        "| {} | {} | {} | {} | {} |\n", markdown(shard_title(shard)), with_commas(shard.runs),
        with_commas(shard.calls), with_commas(shard.pairs),
        markdown(fmt::format("{}", fmt::join(only_here_names(view.summary, shard), ", "))));
  }
  return text + "\n</details>\n\n";
}

std::string gates_section(const View& view) {
  std::string text = "## Gates\n\n| gate | result | |\n|---|---|---|\n";
  for (const auto& gate : view.gates) {
    text += fmt::format("| {} | {} | {} |\n", gate.name,
                        !gate.applies ? "not set"
                        : gate.passed ? "passed"
                                      : "**failed**",
                        markdown(gate.text));
  }
  return text + "\n";
}

} // namespace

std::string to_markdown(const CampaignSummary& summary) {
  const View view(summary);
  std::string text = fmt::format("# System calls of {}\n\n**{}**\n\n", markdown(summary.plan.name),
                                 markdown(view.verdict()));
  text += summary.runs == 0 ? "No runs.\n\n" : run_facts(view) + ".\n\n";
  text += phases_section(view) + changes_section(view);
  text += view.union_names.empty() ? "No complete run: there are no system calls.\n\n"
                                   : calls_section(view);
  text += failures_section(view) + shards_section(view);
  if (!summary.statement.empty()) {
    text += "## Confidence\n\n" + markdown(summary.statement) + "\n\n" +
            "Estimates: " + estimates_text(summary) + ".\n\n";
  }
  for (const auto& sentence : summary.not_established) {
    text += "- Not covered: " + markdown(sentence) + "\n";
  }
  text += summary.not_established.empty() ? "" : "\n";
  return text + gates_section(view);
}

} // namespace harness::reports
