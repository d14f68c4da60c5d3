// The formats that other programs parse as XML or JSON: JUnit and SARIF.
// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <stdexcept>

using namespace harness;
using namespace harness::reports;
using nlohmann::json;

namespace {

/// Checks that tags nest, attributes are quoted and text holds no stray mark; gives the names of
/// all elements in their order. Enough of XML for what we write; any surprise throws.
class XmlReader {
public:
  explicit XmlReader(std::string_view text) : text_(text) {
    expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    while (!text_.empty()) {
      text_.front() == '<' ? tag() : characters('<');
    }
    if (!open_.empty()) {
      throw std::runtime_error("not closed: " + open_.back());
    }
  }
  std::vector<std::string> elements;

private:
  void expect(std::string_view what) {
    if (!text_.starts_with(what)) {
      throw std::runtime_error("expected " + std::string(what));
    }
    text_.remove_prefix(what.size());
  }
  std::string name() {
    const auto end = text_.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
    const std::string word(text_.substr(0, end));
    text_.remove_prefix(end);
    return word;
  }
  /// Text up to `end`; entities must be known ones.
  void characters(char end) {
    while (!text_.empty() && text_.front() != end) {
      if (text_.front() == '<' || text_.front() == '>') {
        throw std::runtime_error("stray mark");
      }
      if (text_.front() == '&' && !text_.starts_with("&amp;") && !text_.starts_with("&lt;") &&
          !text_.starts_with("&gt;") && !text_.starts_with("&quot;")) {
        throw std::runtime_error("stray &");
      }
      text_.remove_prefix(1);
    }
  }
  void tag() {
    expect("<");
    if (text_.starts_with("/")) {
      expect("/");
      if (name() != open_.back()) {
        throw std::runtime_error("wrong end of " + open_.back());
      }
      open_.pop_back();
      expect(">");
      return;
    }
    open_.push_back(name());
    elements.push_back(open_.back());
    while (text_.starts_with(" ")) {
      expect(" ");
      name();
      expect("=\"");
      characters('"');
      expect("\"");
    }
    if (text_.starts_with("/")) {
      expect("/");
      open_.pop_back();
    }
    expect(">");
  }

  std::string_view text_;
  std::vector<std::string> open_;
};

} // namespace

TEST_CASE("JUnit") {
  const std::string text = to_junit(test::example_summary());
  test::check_golden("junit.xml", text);
  const XmlReader xml(text);
  CHECK(std::count(xml.elements.begin(), xml.elements.end(), "testcase") == 2 + 5);
  CHECK(std::count(xml.elements.begin(), xml.elements.end(), "failure") == 2);
  CHECK(std::count(xml.elements.begin(), xml.elements.end(), "skipped") == 3);
  CHECK(text.find("tests=\"7\" failures=\"2\" errors=\"0\" skipped=\"3\"") != std::string::npos);
}

TEST_CASE("JUnit of a phase that was never reached, and of hostile names") {
  const std::string text = to_junit(test::empty_summary());
  const XmlReader empty(text);
  CHECK(text.find("no run reached this phase") != std::string::npos);
  const std::string hostile = to_junit(test::hostile_summary());
  CHECK(test::is_tame(hostile));
  CHECK_NOTHROW(XmlReader{hostile});
}

TEST_CASE("SARIF") {
  const std::string text = to_sarif(test::example_summary());
  test::check_golden("report.sarif", text);
  const json sarif = json::parse(text);
  CHECK(sarif["version"] == "2.1.0");
  const json& result = sarif["runs"][0]["results"][0];
  CHECK(sarif["runs"][0]["results"].size() == 1); // lost calls are no findings
  CHECK(result["ruleId"] == sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"]);
  const json& place = result["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "workloads/redis/redis.yaml");
  CHECK(place["region"]["startLine"] == 11);
}

TEST_CASE("SARIF without a place, and with hostile names") {
  auto summary = test::example_summary();
  summary.plan_file.clear();
  summary.phase_lines.clear();
  summary.target_line = 0;
  const json place =
      json::parse(to_sarif(summary))["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "redis.yaml");
  CHECK(place["region"]["startLine"] == 1);
  const std::string hostile = to_sarif(test::hostile_summary());
  CHECK(test::is_tame(hostile));
  const json sarif = json::parse(hostile);
  CHECK(sarif["runs"][0]["results"].size() == 2);
  const std::string uri =
      sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  CHECK(uri.find_first_of(" \n<>\"|{}") == std::string::npos);
}
