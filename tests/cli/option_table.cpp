// Completions and manual pages, which are made from the commands' own definitions.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "tests/cli/listed_commands.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace harness;

namespace {

std::string output_of(const std::vector<std::string>& words) {
  std::vector<std::string> all{test::harness_binary()};
  all.insert(all.end(), words.begin(), words.end());
  const auto outcome = test::run({.words = all});
  CHECK(outcome.status == 0);
  CHECK(outcome.error.empty());
  return outcome.output;
}

/// What bash offers for the last of `words`.
std::vector<std::string> completed(const std::string& words, int current) {
  const auto outcome =
      test::run({.words = {"bash", "-c",
                           "set -eu; source <(\"$0\" completion bash); COMP_WORDS=(" + words +
                               "); COMP_CWORD=" + std::to_string(current) +
                               "; _harness; printf '%s\\n' ${COMPREPLY[@]+\"${COMPREPLY[@]}\"}",
                           test::harness_binary()}});
  CHECK_MESSAGE(outcome.status == 0, outcome.error);
  auto lines = split(outcome.output, '\n');
  lines.pop_back();
  return lines;
}

} // namespace

TEST_CASE("bash completes commands, options and programs") {
  CHECK(completed("harness explo", 1) == std::vector<std::string>{"explore"});
  CHECK(completed("harness explore --workers --base", 3) == std::vector<std::string>{"--baseline"});
  CHECK(completed("harness trace -- tru", 3) == completed("harness trace --tree -- tru", 4));
  CHECK_FALSE(completed("harness trace -- tru", 3).empty());
  for (const auto& name : test::listed_commands()) {
    CHECK(completed("harness " + name, 1).size() >= 1);
  }
}

TEST_CASE("the help of every command names what each option takes") {
  for (const auto& name : test::listed_commands()) {
    CAPTURE(name);
    CHECK(output_of({name, "--help"}).find(" VALUE ") == std::string::npos);
  }
}

TEST_CASE("help texts are sentences that write defaults in one way") {
  for (const auto& name : test::listed_commands()) {
    const std::string help = output_of({name, "--help"});
    const std::string options = help.substr(0, help.find("Examples:"));
    CAPTURE(options);
    CHECK(options.find(" unless given") == std::string::npos);
    for (auto at = options.find("default"); at != std::string::npos;
         at = options.find("default", at + 1)) {
      const bool noun = options.compare(at, 8, "defaults") == 0;
      CHECK((noun || options.compare(at - 1, 9, "(default:") == 0));
    }
    for (const auto& line : split(options, '\n')) {
      const auto text = line.find("  ", line.find_first_not_of(' '));
      const auto first = line.find_first_not_of(' ', text == std::string::npos ? 0 : text);
      if (line.starts_with("  -") && text != std::string::npos && first != std::string::npos) {
        CHECK_MESSAGE(!(line[first] >= 'a' && line[first] <= 'z'), line);
      }
    }
  }
}

TEST_CASE("zsh and fish can read their scripts") {
  for (const std::string shell : {"zsh", "fish"}) {
    const std::string script = output_of({"completion", shell});
    for (const auto& name : test::listed_commands()) {
      CHECK_MESSAGE(script.find(name) != std::string::npos, name);
    }
    if (test::available(shell, shell)) {
      const test::TemporaryDirectory directory;
      const auto outcome =
          test::run({.words = {"sh", "-c", "cat > script; exec \"$0\" -n script", shell},
                     .input = script,
                     .directory = directory.path()});
      CHECK_MESSAGE(outcome.status == 0, outcome.error);
    }
  }
}

TEST_CASE("every command has a manual page with all of its options") {
  const auto names = test::listed_commands();
  CHECK(names.size() >= 8);
  const std::string overview = output_of({"manual"});
  for (const auto& name : names) {
    const std::string page = output_of({"manual", name});
    CHECK(page.starts_with(".TH HARNESS-"));
    CHECK_MESSAGE(overview.find("harness\\-" + name) != std::string::npos, name);
    if (test::available("groff", "groff-base")) {
      const auto outcome =
          test::run({.words = {"groff", "-man", "-Tutf8", "-ww", "-z"}, .input = page});
      CHECK_MESSAGE(outcome.error.empty(), outcome.error);
    }
  }
  const std::string explore = output_of({"manual", "explore"});
  CHECK(explore.find("\\-\\-baseline") != std::string::npos);
}

TEST_CASE("no script and no page for what does not exist") {
  for (const std::string command : {"completion", "manual"}) {
    const auto outcome = test::run({.words = {test::harness_binary(), command, "tcsh"}});
    CHECK(outcome.status == 64);
    CHECK(outcome.error.find("tcsh") != std::string::npos);
  }
}
