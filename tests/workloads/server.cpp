// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/workloads/plans.hpp"
#include "tests/workloads/runner.hpp"

#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace harness;
using namespace harness::test;

namespace {

CampaignPlan server_plan(const std::string& behavior, bool by_unix = false) {
  auto plan = command_plan(fixture("workload_server"), Protocol::lines);
  plan.workload.kind = WorkloadPlan::Kind::server;
  plan.workload.port = by_unix ? 0 : 7000;
  plan.workload.unix_socket = by_unix ? "server.sock" : "";
  plan.workload.stop_grace = std::chrono::milliseconds(300);
  plan.target.arguments = {by_unix ? "{socket}" : "{port}", behavior};
  plan.limits.wall = std::chrono::seconds(3);
  return plan;
}

struct Talk {
  Ended ended;
  std::string output;
};

Talk talk(const CampaignPlan& plan, const std::string& text) {
  TemporaryDirectory place;
  auto run = prepare(plan, input_of(text), place / "r");
  const auto ended = run_untraced(run.spec, {.ready_text = "listening"});
  return {ended, run.output_tail(65536)};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

} // namespace

TEST_CASE("a server is talked to once it is ready and stopped by its command") {
  auto plan = server_plan("echo");
  plan.workload.stop_command = {"quit"};
  // On a busy machine it may take its time to leave: the signal is for one that never does.
  plan.workload.stop_grace = std::chrono::seconds(20);
  plan.limits.wall = std::chrono::seconds(60);
  const auto [ended, output] =
      talk(plan, "command hello\n@1 command there\nmarker done\n@1 close\n@2 connect\n@2 reset\n");
  CHECK(ended.status == 0);
  CHECK(ended.sent.empty()); // the command was enough
  CHECK(ended.finish_asked);
  CHECK(ended.markers == std::vector<std::string>{"done"});
  CHECK(count(output, "accepted") == 4); // three clients and the one that stops it
  CHECK(count(output, "got 6 bytes") == 2);
}

TEST_CASE("the same over a Unix socket") {
  auto plan = server_plan("echo", true);
  plan.workload.stop_command = {"quit"};
  const auto [ended, output] = talk(plan, "command hello\nhalf_close\n");
  CHECK(ended.status == 0);
  CHECK(count(output, "closed") == 1);
}

TEST_CASE("a server that takes no stop command gets the signal") {
  auto plan = server_plan("rude");
  plan.workload.stop_command = {"quit"};
  plan.workload.port = 7000;
  const auto [ended, output] = talk(plan, "command a\ncommand b\n@3 send xyz\nreceive\n");
  // It closed the connection, as one that ends would do; what is left is ended after the grace.
  CHECK((ended.killed || ended.status == 128 + SIGTERM));
  CHECK(count(output, "accepted") >= 2);
}

TEST_CASE("servers that misbehave cannot hang the run") {
  for (const char* behavior : {"silent", "flood", "deaf"}) {
    CAPTURE(behavior);
    std::string script;
    for (int i = 0; i < 200; ++i) {
      script += fmt::format("@{} command line{}\n", i % 3, i);
    }
    const std::string big(900000, 'x');
    const auto [ended, output] = talk(server_plan(behavior), script + "@4 send " + big + "\n");
    CHECK(ended.finish_asked);
    CHECK_FALSE(ended.killed);
    CHECK(ended.sent == std::vector<int>{SIGTERM});
    CHECK(ended.status == 128 + SIGTERM);
  }
}

TEST_CASE("a server that ignores its stop signal is left to the grace") {
  const auto [ended, output] = talk(server_plan("stubborn"), "command hello\n");
  CHECK(ended.sent == std::vector<int>{SIGTERM});
  CHECK(ended.killed);
  CHECK(ended.status == 128 + SIGKILL);
}

TEST_CASE("a server that listens before it serves is talked to when it serves, or soon") {
  auto plan = server_plan("echo");
  plan.workload.stop_command = {"quit"};
  plan.workload.ready_within = std::chrono::hours(1);
  // A marker is the client's own business: that phase is not waited for.
  plan.phases = {{"startup", LaunchTrigger{}},
                 {"serving", SymbolTrigger{"main", 0, ""}},
                 {"later", MarkerTrigger{"later"}}};
  for (const PhaseIndex entered : {PhaseIndex{0}, PhaseIndex{1}}) {
    TemporaryDirectory place;
    auto run = prepare(plan, input_of("command hello\nmarker later\n"), place / "r");
    const auto ended = run_untraced(run.spec, {.ready_text = "listening", .phase = entered});
    CHECK(ended.status == 0);
    CHECK(ended.markers == std::vector<std::string>{"later"});
    CHECK(count(run.output_tail(65536), "got 6 bytes") == 1);
  }
}

TEST_CASE("a server that never listens is not waited for once its last phase began") {
  auto plan = server_plan("absent");
  plan.phases = {{"startup", LaunchTrigger{}}, {"serving", SymbolTrigger{"main", 0, ""}}};
  plan.workload.ready_within = std::chrono::hours(1);
  TemporaryDirectory place;
  auto run = prepare(plan, input_of("command hello\n"), place / "r");
  const auto ended = run_untraced(run.spec, {.ready_text = "", .phase = 1});
  CHECK(ended.sent == std::vector<int>{SIGTERM});
  CHECK_FALSE(ended.killed);
}

TEST_CASE("a server that ends before it is ready ends its run_driver too") {
  auto plan = server_plan("echo", true);
  plan.workload.ready_within = std::chrono::hours(1);
  plan.target.arguments = {"/no/such/directory/socket", "echo"};
  TemporaryDirectory place;
  auto run = prepare(plan, input_of("command hello\n"), place / "r");
  CHECK(run_untraced(run.spec, {.ready_text = "listening"}).status == 2);
}

TEST_CASE("a socket that is a link to another place is not connected to") {
  TemporaryDirectory place;
  auto plan = server_plan("echo", true);
  plan.workload.unix_socket = "link.sock";
  plan.target.arguments = {"{run}/real.sock", "echo"};
  auto run = prepare(plan, input_of("symlink link.sock real.sock\ncommand hello\n"), place / "r");
  const auto ended = run_untraced(run.spec, {.ready_text = "listening"});
  CHECK(ended.status == 128 + SIGTERM);
  CHECK(count(run.output_tail(65536), "accepted") == 0);
}

TEST_CASE("bad server plans say what to write") {
  auto plan = server_plan("echo");
  plan.workload.stop_signal = "SIGNONSENSE";
  CHECK_THROWS_AS(workloads::make(plan), UserError);
  plan = server_plan("echo");
  plan.workload.port = 0;
  CHECK_THROWS_AS(workloads::make(plan), UserError);
}

TEST_CASE("redis-server: script over TCP and Unix socket, SHUTDOWN") {
  if (!available("redis-server", "redis-server")) {
    return;
  }
  auto plan = server_plan("");
  plan.target.executable = "/usr/bin/redis-server";
  plan.target.arguments = {"{run}/redis.conf"};
  plan.workload.protocol = Protocol::resp;
  plan.workload.unix_socket = "redis.sock";
  plan.workload.stop_command = {"SHUTDOWN", "NOSAVE"};
  plan.workload.stop_grace = std::chrono::seconds(2);
  plan.workload.configuration_file = "redis.conf";
  plan.workload.configuration_base = {"port {port}", "unixsocket {socket}", "save \"\""};
  TemporaryDirectory place;
  auto run = prepare(plan,
                     input_of("config appendonly no\ncommand SET k v\n@1 connect unix\n"
                              "@1 command SUBSCRIBE c\ncommand PUBLISH c hello\n@1 receive\n"
                              "@2 command BLPOP nothing 0\ncommand CONFIG SET loglevel verbose\n"),
                     place / "r");
  CHECK(run.left_out.empty());
  const auto ended = run_untraced(run.spec, {.ready_text = "Ready to accept"});
  CHECK(ended.status == 0);
  // On a busy machine the server may still be leaving when its patience is over: then the plan's
  // signal follows, once, never another one.
  CHECK((ended.sent.empty() || ended.sent == std::vector<int>{SIGTERM}));
  CHECK(count(run.output_tail(65536), "User requested shutdown") == 1);
}
