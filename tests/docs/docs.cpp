// Every command in the documentation is run: the blocks ```sh of a page, one after another in one
// shell, as a reader would type them. ```sh skip: REASON leaves a block out and says so.
// DOCS_PAGE=NAME runs one page only. Links between pages are checked as well.
#include "harness/base/text.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <regex>
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

std::vector<fs::path> pages() {
  const fs::path root = test::source_root();
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") {
      all.push_back(entry.path());
    }
  }
  for (const auto* name : {"README.md", "ARCHITECTURE.md"}) {
    if (fs::exists(root / name)) {
      all.push_back(root / name);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
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
        std::printf("left out in %s: %s\n", page.filename().c_str(), line.substr(12).c_str());
      }
    } else if (inside && taken) {
      script += line + "\n";
    }
  }
  return script;
}

/// A place that looks like a clone: `./run` starts what was built, the data lies where it lies.
void make_clone(const test::TemporaryDirectory& place) {
  for (const auto* name : {"workloads", "corpora", "docs"}) {
    fs::create_directory_symlink(fs::path(test::source_root()) / name, place / name);
  }
  std::ofstream(place / "run") << "#!/bin/sh\nexec '" << test::harness_binary() << "' \"$@\"\n";
  fs::permissions(place / "run", fs::perms::owner_all);
}

} // namespace

TEST_CASE("the commands of every page") {
  const char* only = std::getenv("DOCS_PAGE");
  std::size_t run = 0;
  for (const auto& page : pages()) {
    const std::string script = script_of(page);
    if (script.empty() || (only != nullptr && page.filename() != only)) {
      continue;
    }
    const test::TemporaryDirectory place;
    make_clone(place);
    const auto outcome = test::run(
        {.words = {"timeout", "-k", "10", "600", "bash", "-euxo", "pipefail", "-c", script},
         .directory = place.path()});
    CHECK_MESSAGE(outcome.status == 0, page.filename().string() << "\n"
                                                                << printable(outcome.output) << "\n"
                                                                << outcome.error);
    ++run;
  }
  CHECK(run > 0);
}

TEST_CASE("links between pages lead somewhere") {
  const std::regex link(R"(\]\(([^)#: ]+)(#[^)]*)?\))");
  for (const auto& page : pages()) {
    const std::string text = read_text(page);
    for (std::sregex_iterator i(text.begin(), text.end(), link), end; i != end; ++i) {
      const fs::path target = page.parent_path() / (*i)[1].str();
      CHECK_MESSAGE(fs::exists(target), page.filename().string() << ": " << (*i)[1].str());
    }
  }
}
