// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"

#include "core/base/fd.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace harness;
using test::harness_binary;

namespace {

/// True if this machine can isolate; else says why the test is left out.
bool can_isolate() {
  test::TemporaryDirectory directory;
  const auto tried = test::run({.words = {harness_binary(), "init", "-q", "--", "/bin/true"},
                                .directory = directory.path()});
  if (tried.status == 64 && tried.error.find("no sandbox") != std::string::npos) {
    MESSAGE("skipped: " << tried.error);
    return false;
  }
  return true;
}

test::Outcome init(const std::string& directory, std::vector<std::string> words) {
  words.insert(words.begin(), {harness_binary(), "init"});
  return test::run({.words = std::move(words), .directory = directory});
}

std::string content(const std::string& path) {
  const auto text = read_file(path);
  REQUIRE_MESSAGE(text.ok(), path);
  return *text;
}

} // namespace

TEST_CASE("init writes a plan with the options of a program, and seeds") {
  if (!can_isolate()) {
    return;
  }
  test::TemporaryDirectory directory;
  const auto outcome = init(directory.path(), {"--", "ls", "-l", "/etc"});
  CHECK(outcome.error == "");
  REQUIRE(outcome.status == 0);
  CHECK(outcome.output.find("harness explore ls.yaml") != std::string::npos);
  const std::string plan = content(directory / "ls.yaml");
  for (const char* part : {"--all", "\"--width={number}\"", "kind: command", "phases: auto",
                           "when: [\"always\", \"auto\", \"never\"]", "\"/etc\""}) {
    CAPTURE(std::string(part));
    CHECK(plan.find(part) != std::string::npos);
  }
  CHECK(content(directory / "ls.seeds/command-line").find("arguments -l /etc\n") !=
        std::string::npos);
  // A plan that is there is kept, unless one says otherwise.
  CHECK(init(directory.path(), {"--", "ls"}).status == 64);
  CHECK(init(directory.path(), {"--force", "--", "ls"}).status == 0);
}

TEST_CASE("init takes over small files that the command line names") {
  if (!can_isolate()) {
    return;
  }
  test::TemporaryDirectory directory;
  REQUIRE(replace_file(directory / "script.sh", "echo \"from: the script\"\n").ok());
  REQUIRE(init(directory.path(), {"--name", "mine", "--", "sh", "script.sh"}).status == 0);
  CHECK(content(directory / "mine.yaml").find("from: the script") != std::string::npos);
}

TEST_CASE("the first look has the files of the command line, and why it failed is told") {
  if (!can_isolate()) {
    return;
  }
  test::TemporaryDirectory directory;
  REQUIRE(replace_file(directory / "one", "x\n").ok());
  REQUIRE(replace_file(directory / "two", "x\n").ok());
  const auto there = init(directory.path(), {"--name", "there", "--", "diff", "one", "two"});
  CHECK_MESSAGE(there.output.find("ended with exit status 0 and made") != std::string::npos,
                there.output);
  CHECK(there.output.find("its last line of output: ") == std::string::npos);
  const auto missing = init(directory.path(), {"--name", "missing", "--", "diff", "one", "three"});
  CHECK_MESSAGE(missing.output.find("its last line of output: ") != std::string::npos,
                missing.output);
  CHECK(missing.output.find("three: No such file") != std::string::npos);
}

TEST_CASE("a program that does harm instead of printing help does none") {
  if (!can_isolate()) {
    return;
  }
  test::TemporaryDirectory directory;
  ::chmod(directory.path().c_str(), 0777);
  const std::string outside = directory / "outside";
  const auto outcome =
      init(directory.path(), {"--", "sh", "-c", "touch " + outside + "; kill -9 -1; rm -rf /etc"});
  CHECK(outcome.status == 0);
  CHECK_FALSE(std::filesystem::exists(outside));
  CHECK(std::filesystem::exists("/etc/passwd"));
}

TEST_CASE("what can't be done is said with what to write instead") {
  test::TemporaryDirectory directory;
  auto outcome = init(directory.path(), {"--", "no-such-program"});
  CHECK(outcome.status == 64);
  CHECK(outcome.error.find("program no-such-program not found in PATH") != std::string::npos);
  outcome = init(directory.path(), {"--", "/etc/passwd"});
  CHECK(outcome.status == 64);
  outcome = init(directory.path(), {});
  CHECK(outcome.status == 64);
}

TEST_CASE("init finds a server and where it listens") {
  if (!can_isolate() || !test::available("redis-server", "redis-server")) {
    return;
  }
  test::TemporaryDirectory directory;
  REQUIRE(init(directory.path(), {"--", "redis-server"}).status == 0);
  const std::string plan = content(directory / "redis-server.yaml");
  CHECK(plan.find("kind: server") != std::string::npos);
  CHECK(plan.find("port: 6379") != std::string::npos);
}
