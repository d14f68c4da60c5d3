// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace harness;
using namespace harness::reports;

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t times = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++times;
  }
  return times;
}

/// The JSON that the page carries.
nlohmann::json carried(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const auto begin = page.find(open) + open.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

} // namespace

TEST_CASE("the page carries the whole report") {
  const auto summary = test::example_summary();
  const auto data = carried(to_html(summary));
  const auto report = nlohmann::json::parse(to_json(summary));
  for (const auto& [key, value] : report.items()) {
    CHECK_MESSAGE(data[key] == value, key);
  }
  CHECK(data["inputs"].size() > 40);
}

TEST_CASE("the page, but for its style, its script and its data") {
  std::string page = to_html(test::example_summary());
  const auto elide = [&](const std::string& open, const std::string& close) {
    const auto begin = page.find(open) + open.size();
    page.replace(begin, page.find(close, begin) - begin, "...");
  };
  elide("<style>", "</style>");
  elide("id=\"data\">", "</script>");
  elide("<script>", "</script>");
  test::check_golden("report.html", page);
}

TEST_CASE("the page needs no network") {
  const std::string page = to_html(test::example_summary());
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("http://www.w3.org/2000/svg") != std::string::npos); // a name, not an address
  CHECK(count(page, "http") == 2);                                     // that, and http-equiv
  CHECK(page.find("innerHTML") == std::string::npos);
  CHECK(page.find("{{") == std::string::npos);
}

TEST_CASE("hostile names cannot leave the text of the page") {
  const std::string page = to_html(test::hostile_summary());
  CHECK(test::is_tame(page));
  CHECK(count(page, "<script") == 2);
  CHECK(count(page, "</script>") == 2);
  CHECK(page.find("<img") == std::string::npos);
  CHECK(carried(page)["campaign"].get<std::string>().find("</script><img") != std::string::npos);
}

TEST_CASE("long inputs are cut in the page") {
  auto summary = test::example_summary();
  for (auto& [hash, text] : summary.inputs) {
    text = std::string(100000, 'x');
  }
  const auto page = to_html(summary);
  CHECK(page.size() < 3'000'000);
  CHECK(page.find("truncated") != std::string::npos);
}

TEST_CASE("every format is found by its name and renders") {
  for (const auto& format : formats()) {
    CHECK(find_format(format.name) == &format);
    CHECK_FALSE(format.render(test::example_summary()).empty());
    CHECK_FALSE(format.render(test::empty_summary()).empty());
  }
  CHECK(find_format("pdf") == nullptr);
}

namespace {

/// Relative luminance of "#rrggbb" (WCAG 2.1).
double luminance(const std::string& color) {
  const auto channel = [&](std::size_t at) {
    const double c = std::stoi(color.substr(at, 2), nullptr, 16) / 255.0;
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

double contrast(const std::string& a, const std::string& b) {
  const double x = luminance(a);
  const double y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

} // namespace

TEST_CASE("text stands out from its ground, light and dark") {
  const std::string page = to_html(test::example_summary());
  std::size_t themes = 0;
  for (auto at = page.find("--paper: #"); at != std::string::npos;
       at = page.find("--paper: #", at + 1)) {
    ++themes;
    const auto value = [&](const std::string& name) {
      return page.substr(page.find("--" + name + ": #", at) + name.size() + 4, 7);
    };
    for (const auto* text :
         {"ink", "soft", "accent", "good", "warn", "bad", "s0", "s1", "s2", "s3", "s4", "s5"}) {
      for (const auto* ground : {"paper", "raised"}) {
        CHECK_MESSAGE(contrast(value(text), value(ground)) >= 4.5, text << " on " << ground);
      }
    }
  }
  CHECK(themes == 3); // light; dark by the system; dark by the button
}
