// The page in a real browser: headless Chromium opens it, a script in a copy of it acts as a reader
// would, and the document is looked at afterwards. Left out, with a word, where there is none.
// SPDX-License-Identifier: Apache-2.0
#include "reports/formats.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <string>

using namespace harness;
using namespace harness::reports;

namespace {

struct Visit {
  std::string document; // after the scripts
  std::string console;  // what scripts complained of
};

/// Opens `page` at `fragment`; `script` runs after the page's own.
Visit visit(std::string page, const std::string& fragment, const std::string& script = "") {
  const test::TemporaryDirectory directory;
  const auto end = page.rfind("</body>");
  REQUIRE(end != std::string::npos);
  page.insert(end, "<script>" + script + "</script>");
  std::ofstream(directory / "page.html", std::ios::binary) << page;
  const auto outcome = test::run(
      {.words = {"timeout", "120", "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                 "--disable-background-networking", "--disable-dev-shm-usage",
                 "--enable-logging=stderr", "--user-data-dir=" + (directory / "profile"),
                 "--virtual-time-budget=2000", "--dump-dom",
                 "file://" + (directory / "page.html") + fragment}});
  REQUIRE(outcome.status == 0);
  Visit result{outcome.output, ""};
  for (std::size_t at = outcome.error.find("CONSOLE"); at != std::string::npos;
       at = outcome.error.find("CONSOLE", at + 1)) {
    result.console += outcome.error.substr(at, outcome.error.find('\n', at) - at) + "\n";
  }
  return result;
}

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

/// The calls of the matrix in the order in which they are shown.
std::vector<std::string> shown_calls(const std::string& document) {
  const std::string mark = "data-call=\"";
  std::vector<std::string> calls;
  for (auto at = document.find(mark); at != std::string::npos; at = document.find(mark, at + 1)) {
    const auto begin = at + mark.size();
    calls.push_back(document.substr(begin, document.find('"', begin) - begin));
  }
  return calls;
}

bool chromium() {
  return test::available("chromium", "chromium");
}

} // namespace

TEST_CASE("the page draws every section without a complaint") {
  if (!chromium()) {
    return;
  }
  for (const auto& summary :
       {test::example_summary(), test::empty_summary(), test::hostile_summary()}) {
    const Visit seen = visit(to_html(summary), "");
    CHECK(seen.console.empty());
    for (const auto* id : {"overview", "calls", "discovery", "confidence", "policy", "failures",
                           "processes", "environment"}) {
      CHECK_MESSAGE(has(seen.document, "<section id=\"" + std::string(id) + "\""), id);
    }
    CHECK_FALSE(has(seen.document, "onerror=\""));
    CHECK_FALSE(has(seen.document, "\u202e"));
  }
  CHECK(shown_calls(visit(to_html(test::example_summary()), "").document).size() == 48);
  CHECK(has(visit(to_html(test::empty_summary()), "").document, ">Not estimable: "));
}

TEST_CASE("a link opens its call") {
  if (!chromium()) {
    return;
  }
  const Visit seen = visit(to_html(test::example_summary()), "#call=process_vm_readv");
  CHECK(has(seen.document, "aria-expanded=\"true\" data-call=\"process_vm_readv\""));
  CHECK(has(seen.document, "flaky: 1 of 5"));
  CHECK(has(seen.document, "loadServerConfig+0x1f0"));
  CHECK(has(seen.document, "harness replay redis.campaign "));
  CHECK(visit(to_html(test::example_summary()), "#call=no%20such%zz").console.empty());
}

TEST_CASE("searching, filtering and sorting") {
  if (!chromium()) {
    return;
  }
  const std::string page = to_html(test::example_summary());
  const std::string type = "const s = document.getElementById('search'); s.value = '";
  const std::string fire = "'; s.dispatchEvent(new Event('input'));";
  CHECK(shown_calls(visit(page, "", type + "o_creat" + fire).document) ==
        std::vector<std::string>{"openat"});
  CHECK(has(visit(page, "", type + "nothing like it" + fire).document, "No system call matches."));

  const std::string sort = "document.querySelector('[data-sort=\"phase1\"]').click();";
  const auto by_count = shown_calls(visit(page, "", sort).document);
  REQUIRE(by_count.size() == 48);
  CHECK(by_count[0] == "read");
  CHECK(by_count[1] == "epoll_wait");
  CHECK(by_count[2] == "write");
  const auto reversed = shown_calls(visit(page, "", sort + sort).document);
  CHECK(reversed.back() == "read");

  const std::string choose = "const c = [...document.querySelectorAll('select')].find((x) => "
                             "[...x.options].some((o) => o.value === 'flaky')); c.value = 'flaky';"
                             "c.dispatchEvent(new Event('change'));";
  CHECK(shown_calls(visit(page, "", choose).document) ==
        std::vector<std::string>{"process_vm_readv"});
}

TEST_CASE("all calls that are shown open at once, for paper and the browser's search") {
  if (!chromium()) {
    return;
  }
  const std::string page = to_html(test::example_summary());
  const std::string press = "document.getElementById('all').click();";
  const std::string count =
      "document.body.dataset.open = document.querySelectorAll('.detail').length;";
  const Visit opened = visit(page, "", press + count);
  CHECK(opened.console.empty());
  CHECK(has(opened.document, "data-open=\"48\""));
  CHECK(has(opened.document, ">Close all<"));
  CHECK(has(visit(page, "", press + press + count).document, "data-open=\"0\""));
}

TEST_CASE("the keyboard reaches every call") {
  if (!chromium()) {
    return;
  }
  const std::string press =
      "const key = (k) => document.dispatchEvent(new KeyboardEvent('keydown', {key: k}));"
      "key('/'); document.body.dataset.first = document.activeElement.id;"
      "key('ArrowDown'); key('ArrowDown');"
      "document.body.dataset.second = document.activeElement.dataset.call;"
      "document.activeElement.click(); key('Escape');"
      "document.body.dataset.open = document.querySelectorAll('.detail').length;";
  const Visit seen = visit(to_html(test::example_summary()), "", press);
  CHECK(has(seen.document, "data-first=\"search\""));
  CHECK(has(seen.document, "data-second=\"close\""));
  CHECK(has(seen.document, "data-open=\"0\""));
}

TEST_CASE("four hundred calls of a million runs are drawn") {
  if (!chromium()) {
    return;
  }
  const Visit seen = visit(to_html(test::large_summary(400, 1'000'000)), "#call=write");
  CHECK(seen.console.empty());
  CHECK(shown_calls(seen.document).size() == 400);
  CHECK(has(seen.document, "aria-expanded=\"true\" data-call=\"write\""));
}
