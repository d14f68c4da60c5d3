// The frame around the sub-commands, as a person meets it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/listed_commands.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

using harness::test::contains;
using harness::test::harness_binary;
using harness::test::run;

namespace {
harness::test::Outcome harness_run(std::vector<std::string> words) {
  words.insert(words.begin(), harness_binary());
  return run({.words = words});
}
} // namespace

TEST_CASE("help lists the commands on standard output") {
  const auto outcome = harness_run({"--help"});
  CHECK(outcome.status == 0);
  CHECK(contains(outcome.output, "doctor"));
  CHECK(outcome.error.empty());
}

TEST_CASE("no command at all is a usage error") {
  const auto outcome = harness_run({});
  CHECK(outcome.status == 64);
  CHECK(outcome.output.empty());
  CHECK(contains(outcome.error, "Usage: harness COMMAND"));
}

TEST_CASE("help lists the commands in groups") {
  const auto list = harness_run({"--help"}).output;
  std::size_t before = 0;
  for (const char* group : {"\nExplore:\n  explore ", "\nInspect:\n  status ",
                            "\nPolicy:\n  policy ", "\nSetup:\n  init "}) {
    CAPTURE(group);
    const std::size_t at = list.find(group);
    REQUIRE(at != std::string::npos);
    CHECK(at > before);
    before = at;
  }
  CHECK_FALSE(contains(list, "worker")); // internal
}

TEST_CASE("every listed command has help with examples") {
  const auto names = harness::test::listed_commands();
  CHECK(names.size() >= 15);
  for (const auto& name : names) {
    CAPTURE(name);
    const auto help = harness_run({name, "--help"});
    CHECK(help.status == 0);
    CHECK(contains(help.output, "Examples:\n  harness " + name));
    CHECK(contains(help.output, "Usage: harness " + name));
    for (const char* internal : {"TEXT", "UINT", "REQUIRED", "{"}) { // of the parsing library
      CHECK_FALSE(contains(help.output.substr(0, help.output.find("Examples:")), internal));
    }
    CHECK(harness_run({"help", name}).output == help.output);
  }
}

TEST_CASE("a wrong command gets a suggestion") {
  const auto outcome = harness_run({"doktor"});
  CHECK(outcome.status == 64);
  CHECK(outcome.error == "harness: unknown command doktor\n  did you mean doctor?\n");
}

TEST_CASE("a wrong option gets a suggestion") {
  const auto outcome = harness_run({"doctor", "--hepl"});
  CHECK(outcome.status == 64);
  CHECK(outcome.error == "harness: doctor: unknown argument --hepl\n  did you mean --help?\n");
}

TEST_CASE("words behind -- are refused where no program is run") {
  const auto outcome = harness_run({"doctor", "--", "ls"});
  CHECK(outcome.status == 64);
  CHECK(contains(outcome.error, "takes no program"));
}

TEST_CASE("the version is one line") {
  const auto outcome = harness_run({"--version"});
  CHECK(outcome.status == 0);
  CHECK(outcome.output.starts_with("harness "));
}

TEST_CASE("the doctor names what it found and agrees with its exit status") {
  const auto outcome = harness_run({"doctor"});
  for (const char* finding : {"kernel", "ptrace", "seccomp", "isolation", "scratch"}) {
    CHECK(contains(outcome.output, finding));
  }
  const bool bad = contains("\n" + outcome.output, "\nBAD ");
  CHECK(outcome.status == (bad ? 1 : 0));
}
