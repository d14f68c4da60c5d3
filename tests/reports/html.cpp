#include "reports/formats.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"

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
  CHECK(page.find("cut here") != std::string::npos);
}

TEST_CASE("every format is found by its name and renders") {
  for (const auto& format : formats()) {
    CHECK(find_format(format.name) == &format);
    CHECK_FALSE(format.render(test::example_summary()).empty());
    CHECK_FALSE(format.render(test::empty_summary()).empty());
  }
  CHECK(find_format("pdf") == nullptr);
}
