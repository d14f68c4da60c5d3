// `harness trace` as a person and a script meet it.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "tests/e2e/running.hpp"
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace harness;
using namespace harness::test;

namespace {

Outcome trace(std::vector<std::string> words, const std::string& input = "") {
  words.insert(words.begin(), {harness_binary(), "trace"});
  return run({.words = words, .input = input});
}

} // namespace

TEST_CASE("the target's streams and exit status are its own") {
  const TemporaryDirectory directory;
  const auto table = directory / "table";
  const auto outcome =
      trace({"--output", table, "--", "sh", "-c", "cat; echo to-error >&2; exit 3"}, "fed\n");
  CHECK(outcome.status == 3);
  CHECK(outcome.output == "fed\n");
  CHECK(outcome.error == "to-error\n");
  CHECK(contains(*read_file(table), "exit_group"));
  CHECK_FALSE(contains(*read_file(table), "\x1b"));
}

TEST_CASE("exit statuses are those of a shell") {
  CHECK(trace({"true"}).status == 0);
  CHECK(trace({"sh", "-c", "kill -SEGV $$"}).status == 128 + SIGSEGV);
  CHECK(trace({"no-such-program"}).status == 127);
  CHECK(trace({"/no/such/program"}).status == 127);
  CHECK(trace({"/etc/passwd"}).status == 126);
  CHECK(trace({}).status == 64);
  CHECK(trace({"--mode", "fast", "--", "true"}).status == 64);
  CHECK(trace({"--phase", "simbol:main", "--", "true"}).status == 64);
  CHECK(trace({"--output", "/no/such/dir/file", "--", "true"}).status == 64);
}

TEST_CASE("words behind the program are the program's") {
  const std::vector<std::string> program = {"sh",     "-c", "echo \"$@\"", "name",
                                            "--json", "--", "--tree"};
  CHECK(trace(program).output == "--json -- --tree\n");
  std::vector<std::string> separated = {"--tree", "--"};
  separated.insert(separated.end(), program.begin(), program.end());
  CHECK(trace(separated).output == "--json -- --tree\n");
  CHECK(trace({"--", "-no-such-program"}).status == 127);
  const auto wrong = trace({"--jsno", "--", "true"});
  CHECK(wrong.status == 64);
  CHECK(contains(wrong.error, "did you mean --json?"));
}

TEST_CASE("JSON is one document with names and counts") {
  const auto outcome = trace({"--json", "--", "true"});
  const auto json = nlohmann::json::parse(outcome.error);
  CHECK(json.at("schema") == "harness-trace/1");
  CHECK(contains(outcome.error, "\"exit_group\""));
}

TEST_CASE("the tree shows each process") {
  const auto outcome = trace({"--tree", "--", "sh", "-c", "ls / >/dev/null; exit 0"});
  CHECK(contains(outcome.error, "/usr/bin/ls"));
}

TEST_CASE("a phase begins at the first call of a name") {
  const auto outcome = trace({"--phase", "writing=call:write", "--json", "--", "echo", "x"});
  const auto json = nlohmann::json::parse(outcome.error);
  REQUIRE(json.at("phases").size() == 2);
  CHECK(json["phases"][0]["name"] == "startup");
  CHECK(json["phases"][1]["name"] == "writing");
  const auto& first = json["phases"][0].dump();
  const auto& second = json["phases"][1].dump();
  CHECK(contains(first, "\"execve\""));
  CHECK_FALSE(contains(first, "\"write\""));
  CHECK(contains(second, "\"write\""));
}

TEST_CASE("a signal to harness ends the target and still shows what was gathered") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    const std::string mark = "harness-e2e-" + std::to_string(::getpid());
    Running tracing({harness_binary(), "trace", "--", "sh", "-c",
                     "trap '' INT TERM HUP; (: " + mark + "; echo ready; sleep 1000); sleep 1000"});
    REQUIRE(tracing.wait_for("ready\n"));
    tracing.send(signal);
    CHECK(tracing.finish() == 130);
    CHECK(contains(tracing.output(), "execve"));
    CHECK(processes_with(mark).empty());
  }
}

TEST_CASE("a tracer that is killed leaves nothing behind") {
  const std::string mark = "harness-e2e-kill-" + std::to_string(::getpid());
  Running tracing({harness_binary(), "trace", "--", "sh", "-c",
                   "(: " + mark + "; echo ready; sleep 1000); sleep 1000"});
  REQUIRE(tracing.wait_for("ready\n"));
  tracing.send(SIGKILL);
  CHECK(tracing.finish() == 128 + SIGKILL); // the pipe's end: all that held it are gone
  CHECK(processes_with(mark).empty());
}

TEST_CASE("a running process is followed, let go, and lives on") {
  // It beats whenever it is asked to, so that the test can see it live.
  Running target({"sh", "-c", "trap 'echo beat' USR1; echo ready; while :; do sleep 0.01; done"});
  REQUIRE(target.wait_for("ready\n"));
  Running tracing({harness_binary(), "trace", "--attach", std::to_string(target.pid())});
  REQUIRE(tracing.wait_for("tracing process"));
  for (int i = 0; i < 3; ++i) {
    target.send(SIGUSR1);
    REQUIRE(target.wait_for("beat\n"));
  }
  tracing.send(SIGINT);
  CHECK(tracing.finish() == 0);
  target.send(SIGUSR1);
  target.send(SIGTERM);
  CHECK(target.finish() == 128 + SIGTERM);
  CHECK(trace({"--attach", "999999999"}).status == 125);
}

TEST_CASE("colors are for terminals that want them") {
  if (!available("script", "bsdutils")) {
    return;
  }
  const auto on_terminal = [](std::vector<std::string> environment) {
    environment.push_back("TERM=xterm");
    return run({.words = {"script", "-qec", harness_binary() + " trace -- true", "/dev/null"},
                .environment = std::move(environment)})
        .output;
  };
  CHECK(contains(on_terminal({}), "\x1b["));
  CHECK_FALSE(contains(on_terminal({"NO_COLOR=1"}), "\x1b["));
  CHECK_FALSE(contains(trace({"--", "true"}).error, "\x1b["));
}
