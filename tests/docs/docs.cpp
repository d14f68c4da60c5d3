// Every command in the documentation is run: the blocks ```sh of a page, one after another in one
// shell, as a reader would type them. ```sh skip: REASON leaves a block out and says so. A page
// that says <!-- begins with redis.campaign --> finds a converged one. DOCS_PAGE=docs/user/ci.md
// runs one page only. Links between pages are checked as well, with the headings that they name.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/base/text_block.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using namespace harness;
namespace fs = std::filesystem;

namespace {

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Every page of the documentation: docs/ and the pages that lie beside what they describe.
std::vector<fs::path> pages() {
  const fs::path root = test::source_root();
  std::vector<fs::path> all;
  const auto add = [&all](const auto& entry) {
    if (entry.path().extension() == ".md") {
      all.push_back(entry.path());
    }
  };
  for (const auto& entry : fs::directory_iterator(root)) {
    add(entry);
  }
  for (const auto* directory : {"docs", "containers"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / directory)) {
      add(entry);
    }
  }
  for (const auto& entry : fs::directory_iterator(root / "tests")) {
    add(entry);
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// "docs/user/plan.md": pages in different folders may have the same file name.
std::string name_of(const fs::path& page) {
  return page.lexically_relative(test::source_root());
}

/// A line at once, so that somebody who waits sees how far it is.
void say(const std::string& what, TimePoint begin) {
  std::printf("%s: %.0f s\n", what.c_str(), seconds(std::chrono::steady_clock::now() - begin));
  std::fflush(stdout);
}

bool begins_with_campaign(const fs::path& page) {
  return read_text(page).find("<!-- begins with redis.campaign -->") != std::string::npos;
}

/// The commands of a page; a block that is left out is named on standard output.
std::string script_of(const fs::path& page) {
  std::string script;
  bool inside = false;
  bool taken = false;
  for (const auto& line : split(read_text(page), '\n')) {
    if (line.starts_with("```")) {
      inside = !inside;
      taken = inside && line == "```sh";
      if (inside && line.starts_with("```sh skip: ")) {
        std::printf("left out in %s: %s\n", name_of(page).c_str(), line.substr(12).c_str());
      }
    } else if (inside && taken) {
      script += line + "\n";
    }
  }
  return script;
}

/// Lines that look like a command of ours and stand where nothing would run them.
std::vector<std::string> stray_commands(const fs::path& page) {
  const std::regex command(R"(^( {4})?(\$ )?(\./run|harness) [a-z-].*)");
  std::vector<std::string> stray;
  std::string fence;
  for (const auto& line : split(read_text(page), '\n')) {
    if (line.starts_with("```")) {
      fence = fence.empty() ? line : "";
    } else if (!fence.starts_with("```sh") && std::regex_match(line, command) &&
               (!fence.empty() || line.starts_with("    "))) {
      stray.push_back(line);
    }
  }
  return stray;
}

/// A place that looks like a clone: `./run` starts what was built, the data lies where it lies.
void make_clone(const test::TemporaryDirectory& place) {
  for (const auto* name : {"workloads", "corpora", "docs"}) {
    fs::create_directory_symlink(fs::path(test::source_root()) / name, place / name);
  }
  fs::create_directory(place / "bin");
  for (const auto* name : {"run", "bin/harness"}) {
    std::ofstream(place / name) << "#!/bin/sh\nexec '" << test::harness_binary() << "' \"$@\"\n";
    fs::permissions(place / name, fs::perms::owner_all);
  }
}

test::Outcome run_script(const test::TemporaryDirectory& place, const std::string& script) {
  const char* path = std::getenv("PATH");
  return test::run(
      {.words = {"timeout", "-k", "10", "900", "bash", "-euxo", "pipefail", "-c", script},
       .directory = place.path(),
       .environment = {"PATH=" + (place / "bin") + ":" + (path ? path : ""),
                       "PS4=+ ${SECONDS} s: "}});
}

/// A campaign of redis-server that has converged, by a modest goal and with one search, so that it
/// takes a minute.
class RedisCampaign {
public:
  void copy_to(const test::TemporaryDirectory& place) {
    if (!made_) {
      make_clone(place_);
      const TimePoint begin = std::chrono::steady_clock::now();
      const auto outcome =
          run_script(place_, "./run explore workloads/redis/redis.yaml --quiet --for 5m "
                             "--epsilon 0.2 --confidence 0.8 --replicates 1");
      REQUIRE_MESSAGE(outcome.status == 0, outcome.output << outcome.error);
      made_ = true;
      say("redis.campaign", begin);
    }
    fs::copy(place_ / "redis.campaign", place / "redis.campaign", fs::copy_options::recursive);
  }

private:
  test::TemporaryDirectory place_;
  bool made_ = false;
};

/// Runs the commands of the pages that do or do not begin with a campaign, and says after each page
/// how long it took.
void run_pages(bool with_campaign) {
  const char* only = std::getenv("DOCS_PAGE");
  const auto all = pages();
  REQUIRE((only == nullptr || std::any_of(all.begin(), all.end(), [&](const fs::path& page) {
             return name_of(page) == only;
           })));
  RedisCampaign redis;
  std::size_t run = 0;
  for (const auto& page : all) {
    if (begins_with_campaign(page) != with_campaign || (only != nullptr && name_of(page) != only)) {
      continue;
    }
    const std::string script = script_of(page);
    if (script.empty()) {
      continue;
    }
    const test::TemporaryDirectory place;
    make_clone(place);
    if (with_campaign) {
      redis.copy_to(place);
    }
    const TimePoint begin = std::chrono::steady_clock::now();
    const auto outcome = run_script(place, script);
    say(name_of(page), begin);
    CHECK_MESSAGE(outcome.status == 0, name_of(page) << "\n"
                                                     << printable_lines(outcome.output) << "\n"
                                                     << outcome.error);
    ++run;
  }
  CHECK((run > 0 || only != nullptr));
}

/// The anchors of a page's headings as GitHub derives them: lower case, blanks become `-`, other
/// punctuation is dropped.
std::set<std::string> anchors_of(const fs::path& page) {
  std::set<std::string> anchors;
  for (const auto& line : split(read_text(page), '\n')) {
    const std::size_t begin = line.find_first_not_of('#');
    if (begin == 0 || begin == std::string::npos) {
      continue;
    }
    const std::string heading(trim(line.substr(begin)));
    std::string anchor;
    for (const unsigned char byte : heading) {
      if (byte == ' ') {
        anchor += '-';
      } else if (std::isalnum(byte) != 0 || byte == '-' || byte == '_' || byte >= 0x80) {
        anchor += static_cast<char>(std::tolower(byte));
      }
    }
    anchors.insert(anchor);
  }
  return anchors;
}

} // namespace

TEST_CASE("the commands of pages that begin with nothing") {
  run_pages(false);
}

TEST_CASE("the commands of pages that begin with a campaign") {
  run_pages(true);
}

TEST_CASE("no command stands where nothing runs it") {
  for (const auto& page : pages()) {
    for (const auto& line : stray_commands(page)) {
      FAIL_CHECK(name_of(page) << ": not in a block ```sh: " << line);
    }
  }
}

TEST_CASE("links between pages lead somewhere") {
  const std::regex link(R"(\]\(([^)#: ]*)(#[^): ]*)?\))");
  std::size_t followed = 0;
  for (const auto& page : pages()) {
    const std::string text = read_text(page);
    for (std::sregex_iterator i(text.begin(), text.end(), link), end; i != end; ++i) {
      const std::string path = (*i)[1].str();
      const std::string anchor = (*i)[2].str();
      const fs::path target = path.empty() ? page : page.parent_path() / path;
      CAPTURE(name_of(page));
      CAPTURE((*i)[0].str());
      REQUIRE(fs::exists(target));
      CHECK((anchor.empty() || anchors_of(target).contains(anchor.substr(1))));
      ++followed;
    }
  }
  CHECK(followed > 0);
}
