// The formats that people and other tools read as text: terminal, Markdown, CSV, Prometheus.
// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"
#include "reports/wrap.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"

#include "core/base/text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

using namespace harness;
using namespace harness::reports;

namespace {

/// Splits one line of RFC 4180.
std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        fields.back() += line[++i];
      } else {
        quoted = !quoted;
      }
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  CHECK_FALSE(quoted);
  return fields;
}

void check_rectangular(const std::string& text) {
  const auto lines = split(text, '\n');
  REQUIRE(lines.size() > 1);
  CHECK(lines.back().empty());
  const std::size_t columns = csv_fields(lines[0]).size();
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    CHECK(csv_fields(lines[i]).size() == columns);
  }
}

} // namespace

TEST_CASE("terminal summary") {
  const auto summary = test::example_summary();
  test::check_golden("summary.txt", terminal_summary(summary, {.unicode = true}));
  test::check_golden("summary-color.txt",
                     terminal_summary(summary, {.color = true, .unicode = true}));
  test::check_golden("summary-empty.txt", terminal_summary(test::empty_summary(), {}));
}

TEST_CASE("a plain summary has no escapes, is ASCII and fits") {
  const std::string text = terminal_summary(test::example_summary(), {.columns = 72});
  for (const auto& line : split(text, '\n')) {
    CHECK_MESSAGE(display_width(line) <= 72, line);
    CHECK((line.empty() || line.back() != ' '));
  }
  CHECK(std::all_of(text.begin(), text.end(),
                    [](char c) { return c == '\n' || (c >= 32 && c < 127); }));
}

TEST_CASE("color changes nothing but color") {
  const auto summary = test::example_summary();
  const std::string colored = terminal_summary(summary, {.color = true});
  CHECK(std::regex_replace(colored, std::regex("\x1b\\[[0-9]*m"), "") ==
        terminal_summary(summary, {}));
}

TEST_CASE("wrapping") {
  CHECK(wrap("aa bb cc", 7, 2) == "aa bb\n  cc");
  CHECK(wrap("aaaaaaaaaaaa b", 6, 0) == "aaaaaaaaaaaa\nb");
  CHECK(wrap("", 6, 0).empty());
}

TEST_CASE("Markdown") {
  test::check_golden("report.md", to_markdown(test::example_summary()));
  CHECK(to_markdown(test::empty_summary()).find("no system calls") != std::string::npos);
}

TEST_CASE("what cannot be estimated has no figure in any format") {
  auto summary = test::example_summary();
  summary.estimates = {.doubletons = 3};
  CHECK(terminal_summary(summary, {}).find("estimates: not estimable: no pair was seen") !=
        std::string::npos);
  CHECK(to_markdown(summary).find("Estimates: not estimable: no pair") != std::string::npos);
  const auto estimates = nlohmann::json::parse(to_json(summary))["estimates"];
  for (const auto* key : {"expected_new_pairs", "chao2", "coverage", "runs_to_95_percent"}) {
    CHECK(estimates[key].is_null());
  }
}

TEST_CASE("CSV of the curve and of the matrix") {
  test::check_golden("progress.csv", curve_csv(test::example_summary().curve));
  test::check_golden("matrix.csv", matrix_csv(test::example_summary()));
  for (const auto& summary :
       {test::example_summary(), test::empty_summary(), test::hostile_summary()}) {
    check_rectangular(curve_csv(summary.curve));
    check_rectangular(matrix_csv(summary));
  }
}

TEST_CASE("Prometheus text") {
  test::check_golden("harness.prom", to_prometheus(test::example_summary()));
  const std::regex sample(R"(harness_[a-z_]+\{([a-z]+="([^"\\]|\\[\\"n])*",?)+\} [-+0-9.e]+)");
  const std::regex comment("# (HELP|TYPE) harness_[a-z_]+ .+");
  for (const auto& summary :
       {test::example_summary(), test::empty_summary(), test::hostile_summary()}) {
    std::set<std::string> samples;
    for (const auto& line : split(to_prometheus(summary), '\n')) {
      const bool good =
          line.empty() || std::regex_match(line, sample) || std::regex_match(line, comment);
      CHECK_MESSAGE(good, line);
      if (!line.empty() && line[0] != '#') {
        CHECK(samples.insert(line.substr(0, line.rfind(' '))).second);
      }
    }
  }
}

TEST_CASE("hostile names keep their place in every text") {
  const auto summary = test::hostile_summary();
  for (const auto& text : {terminal_summary(summary, {}), to_markdown(summary),
                           curve_csv(summary.curve), matrix_csv(summary), to_prometheus(summary)}) {
    CHECK(test::is_tame(text));
  }
  CHECK(to_markdown(summary).find("<img") == std::string::npos);
  CHECK(to_markdown(summary).find("</script>") == std::string::npos);
}
