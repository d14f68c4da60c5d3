#include "core/base/text.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/analysis/explain.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace harness::analysis {

namespace {

using Row = std::vector<std::string>;

/// The call, and who makes it where the target itself does not.
std::string call_text(const ExplainedCall& found, const std::string& target) {
  std::string text = qualified_name(found.call);
  if (!found.executables.contains(target)) {
    text += printable(fmt::format(" (by {})", fmt::join(found.executables, ", ")));
  }
  return text;
}

std::string first_text(const std::optional<FirstSeen>& first) {
  return first ? fmt::format("{:.1f} s, run {}", first->after_s, with_commas(first->run)) : "-";
}

/// By which kind of input the call was first seen: of the campaign that saw it first.
std::string kind_text(const ExplainedCall& found) {
  const FirstSeen* earliest = nullptr;
  for (const auto& first : found.first) {
    if (first && (earliest == nullptr || first->run < earliest->run)) {
      earliest = &*first;
    }
  }
  const bool seed = earliest != nullptr && !earliest->seed.empty();
  return seed ? "seed " + printable(earliest->seed) : "made by the search";
}

std::string need_text(const ExplainedCall& found) {
  if (!found.need.shown) {
    return "not shown again";
  }
  std::vector<std::string_view> names;
  for (const Dimension dimension : found.need.dimensions) {
    names.push_back(name_of(dimension));
  }
  return fmt::format("{}", fmt::join(names, " + "));
}

std::string table_text(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (std::size_t line = 0; line < rows.size(); ++line) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text += fmt::format("| {:<{}} ", rows[line][i], widths[i]);
    }
    text += "|\n";
    for (std::size_t i = 0; line == 0 && i < widths.size(); ++i) {
      text += fmt::format("|{:-<{}}", "", widths[i] + 2);
    }
    text += line == 0 ? "|\n" : "";
  }
  return text;
}

} // namespace

std::string explain_text(const Found& found) {
  std::vector<std::string> plain;
  Row heading = {"call"};
  for (const auto& campaign : found.campaigns) {
    heading.push_back("first in " + printable(campaign));
  }
  heading.insert(heading.end(), {"by", "needs"});
  std::vector<Row> rows = {heading};
  for (const auto& call : found.calls) {
    if (call.need.shown && call.need.dimensions.empty()) {
      plain.push_back(qualified_name(call.call));
      continue;
    }
    Row row = {call_text(call, found.executable)};
    std::transform(call.first.begin(), call.first.end(), std::back_inserter(row), first_text);
    row.push_back(kind_text(call));
    row.push_back(need_text(call));
    rows.push_back(std::move(row));
  }
  return fmt::format("{} calls. A plain run (the empty input) makes {}: {}.\n\n{}", //
                     found.calls.size(), plain.size(), fmt::join(plain, ", "), table_text(rows));
}

} // namespace harness::analysis
