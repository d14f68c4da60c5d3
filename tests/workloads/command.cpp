// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/support/text.hpp"
#include "tests/workloads/plans.hpp"
#include "tests/workloads/runner.hpp"

#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <unistd.h>

using namespace harness;
using namespace harness::test;

namespace {

bool holds(const std::vector<int>& numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

std::string output_of(const CampaignPlan& plan, const std::string& text, int status = 0) {
  TemporaryDirectory place;
  auto run = prepare(plan, input_of(text), place / "r");
  const auto ended = run_untraced(run.spec);
  CHECK(ended.status == status);
  CHECK_FALSE(ended.killed);
  return run.output_tail(1 << 20);
}

} // namespace

TEST_CASE("a target gets the plan's environment with the input's changes and nothing of ours") {
  auto plan = command_plan("/usr/bin/env");
  plan.target.environment = {{"TZ", "UTC"}, {"WHERE", "{run}/x"}};
  ::setenv("HARNESS_LEAK", "1", 1);
  TemporaryDirectory place;
  auto run = prepare(plan, input_of("env A=1\nunset TZ\nenv EMPTY=\n"), place / "r");
  REQUIRE(run_untraced(run.spec).status == 0);
  const auto output = run.output_tail(65536);
  CHECK(output == "A=1\nEMPTY=\nHOME=" + (place / "r/run") +
                      "\nLANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                      "/sbin:/bin\nTERM=dumb\nWHERE=" +
                      (place / "r/run") + "/x\n");
}

TEST_CASE("arguments: the program, the plan's, the input's") {
  auto plan = command_plan("/usr/bin/printf");
  plan.target.arguments = {"%s|"};
  CHECK(output_of(plan, "arguments a \"b c\" {other}\n") == "a|b c|{other}|");
}

TEST_CASE("the run directory is there during the run and gone after it") {
  TemporaryDirectory place;
  const auto plan = command_plan("/bin/ls");
  {
    auto run = prepare(plan, input_of("arguments -a1 . ..\nfile hello\n"), place / "r");
    REQUIRE(run_untraced(run.spec).status == 0);
    CHECK(run.output_tail(65536) == ".:\n.\n..\nhello\n\n..:\n.\n..\n.shm\nrun\n");
  }
  CHECK(::access((place / "r").c_str(), F_OK) != 0);
}

TEST_CASE("the remains of a run that was cut short make way") {
  TemporaryDirectory place;
  REQUIRE(test::run({.words = {"mkdir", "-p", place / "r/run/old"}}).status == 0);
  auto run = prepare(command_plan("/bin/ls"), input_of(""), place / "r");
  REQUIRE(run_untraced(run.spec).status == 0);
  CHECK(run.output_tail(65536).empty());
}

TEST_CASE("standard input: file, pipe, nothing, closed") {
  const auto cat = command_plan("/bin/cat");
  CHECK(output_of(cat, "stdin file\nfeed \"a\\nb\"\n") == "a\nb");
  CHECK(output_of(cat, "stdin pipe\nfeed abc\n") == "abc");
  CHECK(output_of(cat, "stdin null\n").empty());
  CHECK(contains(output_of(cat, "stdin closed\n", 1), "Bad file descriptor"));
  const std::string big(300000, 'x'); // more than a pipe holds by itself
  CHECK(output_of(cat, "stdin pipe\nfeed " + big + "\n") == big);
}

TEST_CASE("outputs: null, closed, full, pipe, a pipe without a reader") {
  const auto cat = command_plan("/bin/cat");
  CHECK(output_of(cat, "stdin file\nfeed abc\nstdout null\n").empty());
  CHECK(contains(output_of(cat, "stdin file\nfeed abc\nstdout full\n", 1), "No space left"));
  CHECK(
      contains(output_of(cat, "stdin file\nfeed abc\nstdout closed\n", 1), "Bad file descriptor"));
  const std::string big(300000, 'x');
  CHECK(output_of(cat, "stdin file\nstdout pipe\nfeed " + big + "\n").size() >= 65536);
  TemporaryDirectory place;
  auto run = prepare(cat, input_of("stdin file\nfeed abc\nstdout closed_pipe\n"), place / "r");
  const auto ended = run_untraced(run.spec);
  CHECK(ended.status == 128 + SIGPIPE);
  CHECK(holds(ended.expected, SIGPIPE));
}

TEST_CASE("a script becomes standard input") {
  const auto sh = command_plan("/bin/sh", Protocol::lines);
  CHECK(output_of(sh, "command echo one\ncommand echo two three\n") == "one\ntwo three\n");
  // Pauses and markers: fed bit by bit.
  TemporaryDirectory place;
  auto run = prepare(sh, input_of("command echo one\nmarker second\npause 5\ncommand echo two\n"),
                     place / "r");
  const auto ended = run_untraced(run.spec);
  CHECK(ended.status == 0);
  CHECK(ended.markers == std::vector<std::string>{"second"});
  CHECK(run.output_tail(65536) == "one\ntwo\n");
}

TEST_CASE("an end by a limit of the input is no failure") {
  TemporaryDirectory place;
  auto run = prepare(command_plan("/bin/true"), input_of("limit fsize 0\nlimit stack 8192\n"),
                     place / "r");
  const auto ended = run_untraced(run.spec);
  CHECK(holds(ended.expected, SIGXFSZ));
  CHECK(holds(ended.expected, SIGSEGV));
}

TEST_CASE("a configuration file is written from the plan and the input") {
  auto plan = command_plan("/bin/cat");
  plan.workload.configuration_file = "etc/test.conf";
  plan.workload.configuration_base = {"# base", "dir {run}"};
  plan.target.arguments = {"{configuration}"};
  TemporaryDirectory place;
  auto run = prepare(
      plan, input_of("config save 60 10\nconfig name \"two words\"\nconfig x \"\"\n"), place / "r");
  REQUIRE(run_untraced(run.spec).status == 0);
  CHECK(run.output_tail(65536) ==
        "# base\ndir " + (place / "r/run") + "\nsave 60 10\nname \"two words\"\nx \"\"\n");
}

TEST_CASE("working directories: below the run's, deleted, unreadable") {
  const auto pwd = command_plan("/bin/pwd");
  TemporaryDirectory place;
  auto run = prepare(pwd, input_of("identity directory sub/dir\n"), place / "r");
  REQUIRE(run_untraced(run.spec).status == 0);
  CHECK(run.output_tail(4096) == (place / "r/run/sub/dir\n"));
  CHECK(contains(output_of(pwd, "identity directory deleted\n", 1), "find directory entry"));
  auto closed =
      prepare(command_plan("/usr/bin/stat"),
              input_of("arguments -c %a .\nidentity directory unreadable\n"), place / "r");
  REQUIRE(run_untraced(closed.spec).status == 0);
  CHECK(closed.output_tail(4096) == "0\n");
}

TEST_CASE("a terminal: size, typed lines, end of file") {
  const auto plan = command_plan(fixture("workload_terminal"));
  const auto output = output_of(
      plan, "stdin terminal\nstdout terminal\nterminal 132x50\nfeed \"first\\nsecond\\n\"\n");
  CHECK(contains(output, "tty 132x50"));
  CHECK(contains(output, "line: first"));
  CHECK(contains(output, "line: second"));
}

TEST_CASE("a terminal: ^C and ^Z reach the target as signals that nobody takes for a failure") {
  // Apart: what the one signal makes the target write, the driver drops with the other.
  const auto typed = [](const std::string& keys, std::initializer_list<const char*> parts) {
    TemporaryDirectory place;
    auto run =
        prepare(command_plan(fixture("workload_terminal")),
                input_of("stdin terminal\nstdout terminal\nfeed \"" + keys + "\"\n"), place / "r");
    const auto ended = run_untraced(run.spec);
    CHECK(ended.status == 0);
    for (const char* part : parts) {
      CHECK(contains(run.output_tail(65536), part));
    }
    return ended;
  };
  CHECK(holds(typed("\\x03one\\n\\x04", {"caught SIGINT", "line: one"}).expected, SIGINT));
  const auto suspended = typed("\\x1atwo\\n\\x04", {"caught SIGCONT"});
  CHECK(holds(suspended.expected, SIGTSTP));
  CHECK(holds(suspended.sent, SIGCONT));
}

TEST_CASE("a terminal that hangs up") {
  TemporaryDirectory place;
  auto run =
      prepare(command_plan(fixture("workload_terminal")),
              input_of("stdin terminal\nstdout terminal\nterminal 80x24 hang_up\nfeed \"a\\n\"\n"),
              place / "r");
  const auto ended = run_untraced(run.spec);
  CHECK(ended.status == 3);
  CHECK(holds(ended.expected, SIGHUP));
}

TEST_CASE("a terminal that nobody reads is cut at the end") {
  TemporaryDirectory place;
  auto run = prepare(command_plan("/bin/sleep"),
                     input_of("arguments 100\nstdin terminal\nfeed \"a\\n\"\n"), place / "r");
  const auto ended = run_untraced(run.spec);
  CHECK(ended.finish_asked);
  CHECK(holds(ended.expected, SIGHUP));
  CHECK((ended.status == 128 + SIGHUP || ended.killed)); // on a busy machine the grace may be over
}

TEST_CASE("what a target may not have outside isolation is said") {
  TemporaryDirectory place;
  const auto run = prepare(command_plan("/bin/true"),
                           input_of("file_system full size 4096\nsidecar devlog\nsidecar nobody\n"),
                           place / "r");
  REQUIRE(run.left_out.size() == 3);
  CHECK(contains(run.left_out[0], "only in the sandbox"));
  CHECK(contains(run.left_out[1], "devlog"));
  CHECK(contains(run.left_out[2], "does not define"));
}

TEST_CASE("in isolation the target sees the run directory as /tmp, under the plan's identity") {
  if (::geteuid() != 0) {
    std::printf("skipped: needs to be root\n");
    return;
  }
  TemporaryDirectory place;
  auto plan = command_plan("/bin/true");
  plan.target.extra_paths = {"/tmp/tool", "/opt/x"};
  auto prepared = workloads::make(plan)->prepare(
      input_of(
          "arguments {run}\nidentity uid 0 capability CAP_CHOWN\nfile_system full size 4096\n"),
      {place / "r", "/harness", true});
  REQUIRE(prepared);
  REQUIRE(prepared->spec.isolation);
  const auto& isolation = *prepared->spec.isolation;
  CHECK(isolation.run_directory == place / "r");
  CHECK(isolation.hidden_directory == "/harness");
  CHECK(isolation.uid == 0);
  CHECK(isolation.gid == 65534);
  CHECK(isolation.capabilities == std::vector<std::string>{"CAP_CHOWN"});
  CHECK(isolation.exposed == std::vector<std::string>{"/tmp/tool"});
  CHECK(isolation.file_systems.size() == 1);
  CHECK(prepared->spec.directory == "/tmp/run");
  CHECK(prepared->spec.arguments.back() == "/tmp/run");
}
