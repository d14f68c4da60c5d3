// What a person reads who made a mistake in a seed: file, line, problem, what to write instead.
// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/seeds.hpp"
#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace harness;
using namespace harness::plan;

namespace {

CampaignPlan plan_with(const std::string& seeds) {
  CampaignPlan plan;
  plan.phases = {{"startup", LaunchTrigger{}}, {"serving", SymbolTrigger{.name = "serve"}}};
  plan.workload.sidecars = {{"replica", {"cat"}}};
  plan.seeds = seeds;
  return plan;
}

/// The message that the seed `text` causes, from the file's name on; "" if it is fine.
std::string seed_message_of(const std::string& text) {
  const test::TemporaryDirectory directory;
  REQUIRE(replace_file(directory / "a", "harness-input/1\n")); // the first one is good
  REQUIRE(replace_file(directory / "bad", text));
  try {
    read_seeds(plan_with(directory.path()));
    return "";
  } catch (const UserError& error) {
    const std::string message = error.what();
    REQUIRE(message.starts_with(directory.path() + "/"));
    return message.substr(directory.path().size() + 1);
  }
}

std::string second_line(const std::string& line) {
  return seed_message_of("harness-input/1\n" + line + "\n");
}

} // namespace

TEST_CASE("every mistake in a seed has its file, its line and its remedy") {
  CHECK(seed_message_of("arguments -l\n") == "bad:1: not an input\n"
                                             "  write harness-input/1 as the first line");
  CHECK(seed_message_of("") == "bad:1: an empty input\n  write harness-input/1 as the first line");
  CHECK(seed_message_of("harness-input/1\n# a comment\n\nargumnts -l\n")
            .starts_with("bad:4: unknown directive 'argumnts'\n  did you mean 'arguments'?"));
  CHECK(second_line("env LANG") ==
        "bad:2: 'LANG' is not a variable\n  write env NAME=VALUE, or unset NAME to remove it");
  CHECK(second_line("env \"LANG=C")
            .starts_with("bad:2: a quoted word does not end, or is not apart from the next\n  "));
  CHECK(second_line("file a mode 9999") ==
        "bad:2: the mode cannot be '9999'\n  write an octal number up to 7777");
  CHECK(second_line("file ../a").starts_with("bad:2: the path '../a' "));
  CHECK(second_line("fault opnat error ENOENT") ==
        "bad:2: unknown system call 'opnat'\n  write openat");
  CHECK(second_line("signal SIGKIL") == "bad:2: unknown signal 'SIGKIL'\n  write SIGKILL");
  CHECK(second_line("terminal 80") ==
        "bad:2: '80' is not a window size\n  write terminal COLUMNSxROWS, for example 80x24");
}

TEST_CASE("a seed that asks for what its plan does not have is a mistake too") {
  CHECK(seed_message_of("harness-input/1\nsignal SIGHUP in startup\nsignal SIGHUP in srving\n") ==
        "bad:3: the plan has no phase srving\n  did you mean serving?");
  CHECK(second_line("fault openat error ENOENT in somewhere") ==
        "bad:2: the plan has no phase somewhere\n  write one of startup, serving");
  CHECK(second_line("sidecar replicca") ==
        "bad:2: the plan defines no sidecar replicca\n  did you mean replica?");
  CHECK(second_line("config save 900 1") ==
        "bad:2: the plan has no configuration file\n"
        "  write configuration_file: NAME below workload: in the plan, or remove this line");
  CHECK(second_line("sidecar replica\nsignal SIGHUP in serving").empty());
}

TEST_CASE("phases that calibration is to find may have any name") {
  const test::TemporaryDirectory directory;
  REQUIRE(replace_file(directory / "a", "harness-input/1\nsignal SIGHUP in serving\n"));
  CampaignPlan plan = plan_with(directory.path());
  plan.phases = {{"load", LaunchTrigger{}}, {"auto", AutoTrigger{}}};
  CHECK(read_seeds(plan).size() == 1);
}

TEST_CASE("a directory without a seed is a mistake, hidden files and notes are none") {
  const test::TemporaryDirectory directory;
  REQUIRE(replace_file(directory / ".hidden", "no seed"));
  REQUIRE(replace_file(directory / "README.md", "no seed"));
  CHECK_THROWS_WITH_AS(read_seeds(plan_with(directory.path())),
                       (directory.path() + ": this directory contains no seeds\n"
                                           "  add input files, or omit `seeds` in the plan")
                           .c_str(),
                       UserError);
}
