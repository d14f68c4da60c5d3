// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"

#include "core/base/text.hpp"
#include "reports/escape.hpp"
#include "reports/shards.hpp"
#include "reports/table.hpp"
#include "reports/view.hpp"
#include "reports/wrap.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace harness::reports {

namespace {

/// At most this many rows of what may be long; the other formats have them all.
constexpr std::size_t max_rows = 12;

std::string heading(const Style& style, std::string_view text) {
  return "\n" + style.paint(Role::heading, text) + "\n";
}

std::string verdict_lines(const View& view, const Style& style) {
  const bool good = view.passed() && view.summary.converged;
  const Role role = good ? Role::good : view.passed() ? Role::warning : Role::bad;
  const std::string_view mark = good            ? (style.unicode ? "✓" : "ok:")
                                : view.passed() ? (style.unicode ? "•" : "note:")
                                                : (style.unicode ? "✗" : "failed:");
  const int indent = display_width(mark) + 1;
  return style.paint(role, mark) + " " +
         wrap(printable(view.verdict()), style.columns, static_cast<std::size_t>(indent)) + "\n";
}

std::string phase_table(const View& view, const Style& style) {
  std::size_t most = 1;
  for (const auto& phase : view.phases) {
    most = std::max(most, phase.calls_seen);
  }
  Table table({{"phase"}, {"calls", true}, {"only here", true}, {"runs", true}, {""}});
  constexpr std::size_t bar_columns = 24;
  for (const auto& phase : view.phases) {
    std::string bar;
    for (std::size_t i = 0; i < phase.calls_seen * bar_columns / most; ++i) {
      bar += style.unicode ? "━" : "=";
    }
    table.add({{printable(phase.name), Role::accent},
               {with_commas(phase.calls_seen)},
               {with_commas(phase.only_here), Role::faint},
               {phase.runs == 0 ? "not reached" : with_commas(phase.runs),
                phase.runs == 0 ? Role::warning : Role::plain},
               {bar, Role::faint}});
  }
  return heading(style, "Phases") + table.text(style);
}

std::string calls_of(const PhaseView& phase, const Style& style) {
  std::vector<std::string> names;
  for (const auto& row : phase.rows) {
    if (!row.fault_only) {
      names.push_back(row.qualified);
    }
  }
  return fmt::format("  {}\n    {}\n", style.paint(Role::accent, printable(phase.name)),
                     wrap(fmt::format("{}", fmt::join(names, " ")), style.columns, 4));
}

std::string union_lines(const View& view, const Style& style) {
  if (view.union_names.empty()) {
    return "\nNo complete run: there are no system calls to show.\n";
  }
  std::string text = heading(style, "System calls");
  for (const auto& phase : view.phases) {
    if (phase.calls_seen > 0) {
      text += calls_of(phase, style);
    }
  }
  if (!view.fault_only.empty()) {
    text += fmt::format("  {}\n    {}\n", style.paint(Role::accent, "only under faults"),
                        wrap(fmt::format("{}", fmt::join(view.fault_only, " ")), style.columns, 4));
  }
  return text;
}

std::string flaky_lines(const View& view, const Style& style) {
  Table table({{"call"}, {"phase"}, {"shown", true}, {"first input"}});
  for (const auto& phase : view.phases) {
    for (const auto& row : phase.rows) {
      if (row.stability.flaky()) {
        table.add(
            {{row.qualified, Role::accent},
             {printable(phase.name)},
             {fmt::format("{} of {}", row.stability.shown, row.stability.tried), Role::warning},
             {printable(row.first.input), Role::faint}});
      }
    }
  }
  return table.empty()
             ? ""
             : heading(style, "Flaky: shown by only some repetitions") + table.text(style);
}

std::string change_lines(const View& view, const Style& style) {
  if (!view.summary.baseline) {
    return "";
  }
  std::string text = heading(style, "Compared with " + printable(*view.summary.baseline));
  if (view.gained.empty() && view.lost.empty()) {
    return text + "  no differences\n";
  }
  Table table({{""}, {"call"}, {"phase"}, {"executable"}, {"input"}});
  const auto add = [&](const BaselineChange& change) {
    table.add({{change.gained ? "+ gained" : "- lost", change.gained ? Role::bad : Role::faint},
               {qualified_name(change.pair.call), Role::accent},
               {printable(change.pair.phase)},
               {printable(change.pair.executable)},
               {printable(change.input), Role::faint}});
  };
  for (const auto* change : view.gained) {
    add(*change);
  }
  for (const auto* change : view.lost) {
    add(*change);
  }
  return text + table.text(style);
}

std::string failure_lines(const View& view, const Style& style) {
  if (view.summary.failures.empty()) {
    return "";
  }
  Table table({{"runs", true}, {"first input"}, {"failure"}});
  const auto& buckets = view.summary.failures;
  for (std::size_t i = 0; i < std::min(buckets.size(), max_rows); ++i) {
    table.add({{with_commas(buckets[i].runs)},
               {printable(buckets[i].first_input), Role::faint},
               {printable(buckets[i].what), buckets[i].crash ? Role::bad : Role::warning}});
  }
  std::string text = heading(style, "Failures") + table.text(style);
  if (buckets.size() > max_rows) {
    text += fmt::format("  and {} more\n", buckets.size() - max_rows);
  }
  return text;
}

std::string shard_lines(const View& view, const Style& style) {
  const auto& shards = view.summary.shards;
  if (shards.empty()) {
    return "";
  }
  Table table(
      {{"merged from"}, {"runs", true}, {"calls", true}, {"pairs", true}, {"unique", true}});
  std::string alone;
  for (std::size_t i = 0; i < std::min(shards.size(), max_rows); ++i) {
    const auto& shard = shards[i];
    const std::string title = printable(shard_title(shard));
    table.add({{title, Role::accent},
               {with_commas(shard.runs)},
               {with_commas(shard.calls)},
               {with_commas(shard.pairs)},
               {with_commas(shard.only_here.size()), Role::faint}});
    if (!shard.only_here.empty()) {
      const auto names = only_here_names(view.summary, shard);
      alone += "  " +
               wrap(printable(fmt::format("only {} saw {}", title, fmt::join(names, ", "))),
                    style.columns, 4) +
               "\n";
    }
  }
  std::string text = heading(style, "Shards") + table.text(style) + alone;
  if (shards.size() > max_rows) {
    text += fmt::format("  and {} more\n", shards.size() - max_rows);
  }
  return text;
}

std::string gate_lines(const View& view, const Style& style) {
  std::string text = heading(style, "Gates");
  for (const auto& gate : view.gates) {
    const Role role = !gate.applies ? Role::faint : gate.passed ? Role::good : Role::bad;
    const std::string mark = !gate.applies ? "-" : gate.passed ? "passed" : "FAILED";
    text +=
        fmt::format("  {} {} {}\n", style.paint(role, pad(mark, 6)), pad(gate.name, 11), gate.text);
  }
  return text;
}

std::string statement_lines(const View& view, const Style& style) {
  std::string text;
  if (!view.summary.statement.empty()) {
    text += heading(style, "Confidence") + "  " +
            wrap(printable(view.summary.statement), style.columns, 2) + "\n";
  }
  if (!text.empty()) {
    text += "  estimates: " + wrap(estimates_text(view.summary), style.columns, 13) + "\n";
  }
  for (const auto& sentence : view.summary.not_established) {
    text += style.paint(Role::warning, "  not covered: ") +
            wrap(printable(sentence), style.columns, 13) + "\n";
  }
  return text;
}

} // namespace

std::string terminal_summary(const CampaignSummary& summary, const Style& style) {
  const View view(summary);
  const std::string facts = summary.runs == 0 ? "no runs" : run_facts(view);
  return fmt::format("{}  {}\n", style.paint(Role::heading, printable(summary.plan.name)),
                     style.paint(Role::faint, facts)) +
         verdict_lines(view, style) + phase_table(view, style) + union_lines(view, style) +
         change_lines(view, style) + flaky_lines(view, style) + failure_lines(view, style) +
         shard_lines(view, style) + statement_lines(view, style) + gate_lines(view, style);
}

} // namespace harness::reports
