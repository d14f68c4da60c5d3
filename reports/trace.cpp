// SPDX-License-Identifier: Apache-2.0
#include "reports/trace.hpp"

#include "core/base/text.hpp"
#include "reports/escape.hpp"
#include "reports/table.hpp"
#include "reports/trace_rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace harness::reports {

namespace {

std::string count_text(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? one : many);
}

/// What a table shows besides calls, name and category.
struct Extra {
  bool errors = false;
  bool executables = false;
};

std::string rows_table(const std::vector<TraceRow>& rows, Extra extra, const Style& style,
                       std::string_view indent) {
  std::vector<Column> columns{{"calls", true}};
  if (extra.errors) {
    columns.push_back({"errors", true});
  }
  columns.push_back({"call"});
  columns.push_back({"category"});
  if (extra.executables) {
    columns.push_back({"by"});
  }
  Table table(columns);
  for (const auto& row : rows) {
    std::vector<Cell> cells{{row.calls ? with_commas(*row.calls) : "free"}};
    if (extra.errors) {
      cells.push_back({row.errors == 0 ? "" : with_commas(row.errors), Role::warning});
    }
    cells.push_back(
        {row.only_faulted ? row.name + " (only under faults)" : row.name, Role::accent});
    cells.push_back({std::string(to_string(row.category)), Role::faint});
    if (extra.executables) {
      cells.push_back({printable(fmt::format("{}", fmt::join(row.executables, ", ")))});
    }
    table.add(std::move(cells));
  }
  return table.text(style, indent);
}

std::string phase_heading(const std::string& name, const std::vector<TraceRow>& rows,
                          const Style& style) {
  std::uint64_t calls = 0;
  bool free = false;
  for (const auto& row : rows) {
    calls += row.calls.value_or(0);
    free = free || !row.calls;
  }
  const std::string counted = calls == 0 && free ? "" : ", " + count_text(calls, "call", "calls");
  const std::string note = count_text(rows.size(), "system call", "different system calls") +
                           counted + (free ? ", some not counted" : "");
  return fmt::format("{}  {}\n", style.paint(Role::heading, printable(name)),
                     style.paint(Role::faint, note));
}

std::string ending(const RunResult& result, const Style& style) {
  const bool bad = crashed(result) || std::holds_alternative<LaunchFailed>(result.end) ||
                   std::holds_alternative<TracerFailed>(result.end);
  const Role role = bad ? Role::bad : timed_out(result) ? Role::warning : Role::plain;
  std::string text =
      fmt::format("{} after {}: {}, {}\n", style.paint(role, printable(describe(result.end))),
                  format_duration(result.wall), count_text(result.calls, "call", "calls"),
                  count_text(result.processes.size(), "process", "processes"));
  for (const auto reason : result.incomplete) {
    text += style.paint(Role::warning, "incomplete: ") +
            fmt::format("the target {}\n", to_string(reason));
  }
  return text;
}

/// Draws the process `index` and what descends from it.
class TreePrinter {
public:
  TreePrinter(const RunResult& result, std::span<const std::string> phases, const Style& style)
      : result_(result), phases_(phases), style_(style) {}

  std::string text() {
    for (std::uint32_t i = 0; i < result_.processes.size(); ++i) {
      const auto& parent = result_.processes[i].parent;
      if (!parent || *parent >= result_.processes.size()) {
        print(i, "", "");
      }
    }
    for (std::uint32_t i = 0; i < result_.processes.size(); ++i) {
      print(i, "", ""); // parents that form a ring: a broken result, shown all the same
    }
    return out_;
  }

private:
  void print(std::uint32_t index, const std::string& head, const std::string& rest) {
    if (!printed_.insert(index).second) {
      return;
    }
    const auto& process = result_.processes[index];
    std::vector<std::uint32_t> children;
    for (std::uint32_t i = 0; i < result_.processes.size(); ++i) {
      if (result_.processes[i].parent == index && i != index) {
        children.push_back(i);
      }
    }
    out_ += head + heading(process) + "\n";
    const std::string bar = style_.unicode ? "│ " : "| ";
    const std::string body = rest + (children.empty() ? "  " : bar);
    for (const auto& thread : process.threads) {
      print_thread(thread, process, body);
    }
    for (std::size_t i = 0; i < children.size(); ++i) {
      const bool last = i + 1 == children.size();
      const std::string knee = style_.unicode ? (last ? "└ " : "├ ") : (last ? "` " : "| ");
      print(children[i], rest + knee, rest + (last ? "  " : bar));
    }
  }

  std::string heading(const ProcessRecord& process) const {
    const std::string executable = process.executable < result_.executables.size()
                                       ? printable(result_.executables[process.executable])
                                       : "";
    const std::string name = printable(process.name);
    const std::string named = name.empty() || executable.ends_with(name) ? "" : " (" + name + ")";
    return fmt::format(
        "{}{} {}", style_.paint(Role::heading, executable.empty() ? name : executable), named,
        style_.paint(Role::faint, fmt::format("pid {}, {}", process.id,
                                              process.end ? printable(describe(*process.end))
                                                          : "still running at the end")));
  }

  void print_thread(const ThreadRecord& thread, const ProcessRecord& process,
                    const std::string& indent) {
    if (process.threads.size() > 1) {
      out_ += fmt::format("{}thread {} {}\n", indent, thread.id, printable(thread.name));
    }
    const auto rows = trace_rows(thread.calls, {}, result_.executables);
    for (const auto& [phase, list] : rows) {
      if (phases_.size() > 1) {
        out_ += indent + "  " + phase_heading(phase_name(phases_, phase), list, style_);
      }
      out_ += rows_table(list, {}, style_, indent + "  ");
    }
  }

  const RunResult& result_;
  std::span<const std::string> phases_;
  const Style& style_;
  std::string out_;
  std::set<std::uint32_t> printed_;
};

} // namespace

std::vector<std::string> phase_names(std::span<const Phase> phases) {
  std::vector<std::string> names;
  for (const auto& phase : phases) {
    names.push_back(phase.name);
  }
  if (names.empty()) {
    names.emplace_back("all");
  }
  return names;
}

std::string trace_table(const RunResult& result, std::span<const std::string> phases,
                        const Style& style) {
  const auto rows = trace_rows(result.sightings, result.errnos, result.executables);
  std::string text;
  for (std::size_t at = 0; at < phases.size(); ++at) {
    const auto phase = static_cast<PhaseIndex>(at);
    const auto found = rows.find(phase);
    if (found == rows.end()) {
      text += fmt::format("{}  {}\n\n", style.paint(Role::heading, printable(phases[phase])),
                          style.paint(Role::warning, "not reached"));
      continue;
    }
    text += phase_heading(phases[phase], found->second, style);
    text +=
        rows_table(found->second, {.errors = true, .executables = result.executables.size() > 1},
                   style, "  ") +
        "\n";
  }
  return text + ending(result, style);
}

std::string trace_tree(const RunResult& result, std::span<const std::string> phases,
                       const Style& style) {
  return TreePrinter(result, phases, style).text() + "\n" + ending(result, style);
}

} // namespace harness::reports
