// SPDX-License-Identifier: Apache-2.0
#include "workloads/sidecar.hpp"

#include "tests/support/process.hpp"
#include "tests/workloads/plans.hpp"
#include "tests/workloads/runner.hpp"
#include "workloads/system_log.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <unistd.h>

using namespace harness;
using namespace harness::test;

TEST_CASE("a sidecar is ready before the target starts, and gone after the run") {
  auto plan = command_plan("/bin/cat");
  plan.workload.sidecars = {
      {"writer", {"sh", "-c", "echo $$ > pid; echo ready; sleep 1000 & sleep 1000"}}};
  TemporaryDirectory place;
  pid_t sidecar = 0;
  {
    auto run = prepare(plan, input_of("sidecar writer\narguments pid\n"), place / "r");
    CHECK(run.left_out.empty());
    CHECK(run_untraced(run.spec).status == 0);
    sidecar = std::atoi(run.output_tail(100).c_str());
    REQUIRE(sidecar > 1);
    CHECK(::kill(sidecar, 0) == 0);
  }
  CHECK(::kill(sidecar, 0) != 0);
}

TEST_CASE("a sidecar that cannot be started is said") {
  auto plan = command_plan("/bin/true");
  plan.workload.sidecars = {{"missing", {"/no/such/program"}}};
  TemporaryDirectory place;
  const auto run = prepare(plan, input_of("sidecar missing\n"), place / "r");
  REQUIRE(run.left_out.size() == 1);
  CHECK(run.left_out[0].find("/no/such/program") != std::string::npos);
}

TEST_CASE("in isolation a sidecar has the target's identity, /tmp and nobody else's processes") {
  if (::geteuid() != 0) {
    std::printf("skipped: needs to be root\n");
    return;
  }
  auto plan = command_plan("/bin/true");
  plan.workload.sidecars = {
      {"look", {"sh", "-c", "id -u > who; pwd >> who; echo /proc/[0-9]* >> who; echo ready"}}};
  TemporaryDirectory place;
  auto prepared =
      workloads::make(plan)->prepare(input_of("sidecar look\n"), {place / "r", "", true});
  REQUIRE(prepared);
  for (const auto& line : prepared->left_out) {
    FAIL_CHECK(line);
  }
  CHECK(read_file(place / "r/run/who").ok());
  CHECK(*read_file(place / "r/run/who") == "65534\n/tmp/run\n/proc/1 /proc/2\n");
}

TEST_CASE("a sidecar of a uid 0 run has no capabilities, no new privileges and a read-only tree") {
  if (::geteuid() != 0) {
    std::printf("skipped: needs to be root\n");
    return;
  }
  auto plan = command_plan("/bin/true");
  plan.target.uid = 0;
  plan.target.gid = 0;
  plan.workload.sidecars = {
      {"try",
       {"sh", "-c",
        "grep -E '^(Cap(Eff|Bnd|Prm)|NoNewPrivs)' /proc/self/status > what; mkdir m;"
        "mount -t tmpfs t m && echo mounted >> what;"
        "mount -o remount,rw,bind / && echo remounted >> what;"
        "test -w /proc/sys/kernel/core_pattern && echo core_pattern >> what;"
        "echo ready"}}};
  TemporaryDirectory place;
  auto prepared =
      workloads::make(plan)->prepare(input_of("sidecar try\n"), {place / "r", "", true});
  REQUIRE(prepared);
  for (const auto& line : prepared->left_out) {
    FAIL_CHECK(line);
  }
  REQUIRE(read_file(place / "r/run/what").ok());
  CHECK(*read_file(place / "r/run/what") ==
        "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
        "NoNewPrivs:\t1\n");
}

TEST_CASE("the system log takes more than a socket holds, and leaves nothing") {
  if (::access("/dev/log", F_OK) == 0) {
    std::printf("skipped: this machine has a /dev/log of its own\n");
    return;
  }
  {
    auto log = workloads::SystemLog::open();
    if (!log) {
      std::printf("skipped: %s\n", log.error().message.c_str());
      return;
    }
    const auto sent =
        test::run({.words = {"sh", "-c",
                             "for i in $(seq 100); do logger -u /dev/log hello || exit 1; done"}});
    CHECK_MESSAGE(sent.status == 0, sent.error);
  }
  CHECK(::access("/dev/log", F_OK) != 0);
}
