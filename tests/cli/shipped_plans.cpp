// Shipped plans, by name: from the tree, from HARNESS_PLANS, and the error that names them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

using harness::test::contains;
using harness::test::harness_binary;
using harness::test::run;

TEST_CASE("--plan-list names the shipped plans with what they are about") {
  const auto outcome =
      run({.words = {harness_binary(), "explore", "--plan-list"},
           .environment = {"HARNESS_PLANS=" + harness::test::source_root() + "/workloads"}});
  CHECK(outcome.status == 0);
  CHECK(contains(outcome.output, "ls         GNU ls: "));
  CHECK(contains(outcome.output, "redis      redis-server: "));
  CHECK(contains(outcome.output, "sqlite     The sqlite3 shell: "));
}

TEST_CASE("a plan of one's own directory precedes the shipped one, and is escaped") {
  const harness::test::TemporaryDirectory place;
  std::filesystem::create_directories(place / "ls");
  std::ofstream(place / "ls/ls.yaml") << "# Mine\x1b[31m. And more.\nname: ls\n";
  const auto outcome = run({.words = {harness_binary(), "explore", "--plan-list"},
                            .environment = {"HARNESS_PLANS=" + place.path()}});
  CHECK(outcome.status == 0);
  CHECK(contains(outcome.output, "ls         Mine"));
  CHECK_FALSE(contains(outcome.output, "\x1b"));
  CHECK_FALSE(contains(outcome.output, "And more"));
}

TEST_CASE("a name that is neither a file nor a shipped plan is an error that lists the names") {
  const auto outcome =
      run({.words = {harness_binary(), "explore", "unheard-of"},
           .environment = {"HARNESS_PLANS=" + harness::test::source_root() + "/workloads"}});
  CHECK(outcome.status == 64);
  CHECK(contains(outcome.error, "cannot open plan unheard-of"));
  CHECK(contains(outcome.error, "ls, redis, sqlite"));
}
