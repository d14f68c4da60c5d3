// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"
#include "tracer/check_trigger.hpp"
#include "tracer/elf_image.hpp"

#include <doctest/doctest.h>

using namespace harness;
using test::counts_in;
using test::Target;

namespace {

std::vector<Phase> phases(std::initializer_list<const char*> triggers) {
  std::vector<Phase> list = {{"startup", LaunchTrigger{}}};
  for (const char* text : triggers) {
    auto phase = parse_phase(text);
    REQUIRE(phase.ok());
    list.push_back(std::move(*phase));
  }
  return list;
}

RunResult run(std::vector<std::string> words, std::initializer_list<const char*> triggers) {
  Target target(std::move(words));
  target.options.phases = phases(triggers);
  return target.run();
}

std::uint64_t calls(const RunResult& result, PhaseIndex phase, const std::string& name) {
  const auto counts = counts_in(result, phase);
  const auto place = counts.find(name);
  return place == counts.end() ? 0 : place->second;
}

} // namespace

TEST_CASE("symbols begin phases") {
  const auto result = run({test::fixture("two_stages")}, {"symbol:serve", "symbol:finish"});
  CHECK(test::exit_status(result) == 0);
  CHECK(result.incomplete.empty());
  CHECK(calls(result, 0, "getppid") == 1);
  CHECK(calls(result, 1, "getuid") == 2);
  CHECK(calls(result, 0, "getuid") == 0);
  CHECK(calls(result, 2, "getgid") == 3);
  CHECK(calls(result, 2, "exit_group") == 1);
  REQUIRE(result.entries.size() == 3);
  CHECK(result.entries[1].phase == 1);
  CHECK(result.entries[1].calls_before > 5);
}

TEST_CASE("a phase can be passed over, and none is entered backwards") {
  const auto result =
      run({test::fixture("two_stages")}, {"symbol:finish", "symbol:serve", "symbol:nowhere_near"});
  CHECK(result.incomplete == std::vector{Incomplete::breakpoint_lost});
  const auto backwards = run({test::fixture("two_stages")}, {"symbol:finish", "symbol:serve"});
  CHECK(test::exit_status(backwards) == 0);
  CHECK(calls(backwards, 2, "getgid") == 3);
  CHECK(calls(backwards, 1, "getgid") == 0);
}

TEST_CASE("a forked child moves on by itself") {
  const auto result = run({test::fixture("two_stages"), "fork"}, {"symbol:serve", "symbol:finish"});
  CHECK(test::exit_status(result) == 0);
  CHECK(calls(result, 1, "getuid") == 2);
  CHECK(calls(result, 0, "wait4") == 1);
  REQUIRE(result.processes.size() == 2);
  CHECK(result.processes[0].phase == 0);
  CHECK(result.processes[1].phase == 2);
}

TEST_CASE("a point is correct under concurrent threads") {
  for (int round = 0; round < 30; ++round) {
    const auto result =
        run({test::fixture("two_stages"), "threads"}, {"symbol:serve", "symbol:finish"});
    CHECK(test::exit_status(result) == 0);
    CHECK(calls(result, 1, "getuid") == 16);
    CHECK(calls(result, 2, "getgid") == 3);
  }
}

TEST_CASE("a vforked child that executes another program leaves the points alone") {
  const auto result = run({test::fixture("two_stages"), "vfork"}, {"symbol:serve"});
  CHECK(test::exit_status(result) == 0);
  CHECK(calls(result, 1, "getuid") == 2);
  CHECK(result.processes[1].phase == 0);
}

TEST_CASE("offsets, calls, outputs and signals begin phases") {
  auto image = tracer::ElfImage::open(test::fixture("two_stages"));
  REQUIRE(image.ok());
  const auto offset = (*image)->file_offset_of(*(*image)->symbol("serve"));
  REQUIRE(offset.has_value());
  const std::string text = "offset:" + std::to_string(*offset);
  CHECK(calls(run({test::fixture("two_stages")}, {text.c_str()}), 1, "getuid") == 2);

  const auto on_entry = run({test::fixture("two_stages")}, {"call:getuid#2"});
  CHECK(calls(on_entry, 0, "getuid") == 1);
  CHECK(calls(on_entry, 1, "getuid") == 1);
  const auto on_exit = run({test::fixture("two_stages")}, {"call:getuid@exit"});
  CHECK(calls(on_exit, 0, "getuid") == 1);
  CHECK(calls(on_exit, 1, "getuid") == 1);

  const auto output = run({test::fixture("two_stages")}, {"output:serving"});
  CHECK(calls(output, 0, "write") == 2);
  CHECK(calls(output, 1, "getuid") == 2);

  const auto signal = run({test::fixture("take_signals")}, {"signal:SIGUSR1"});
  CHECK(calls(signal, 0, "getuid") == 1);
  CHECK(calls(signal, 1, "getppid") == 1);
}

TEST_CASE("spawned processes begin phases") {
  const auto forked = run({test::fixture("two_stages"), "fork"}, {"spawn:fork"});
  CHECK(calls(forked, 1, "getuid") == 2);
  CHECK(calls(forked, 0, "wait4") == 1);
  const auto executed = run({test::fixture("vfork_exec")}, {"spawn:exec=true"});
  CHECK(calls(executed, 1, "exit_group") == 2);
  const auto threaded = run({test::fixture("many_threads"), "8"}, {"spawn:thread"});
  CHECK(calls(threaded, 1, "getppid") == 8);
}

TEST_CASE("a point in a library is armed when the library is mapped") {
  const auto result = run({test::fixture("load_library")}, {"symbol:libm.so!lgamma_r"});
  CHECK(test::exit_status(result) == 0);
  CHECK(result.incomplete.empty());
  CHECK(calls(result, 0, "getppid") == 1);
  CHECK(calls(result, 1, "getuid") == 1);
  const auto libc = run({test::fixture("load_library")}, {"symbol:libc.so!dlopen"});
  CHECK(calls(libc, 1, "getppid") == 1);
  CHECK(calls(libc, 0, "openat") > 0);
}

TEST_CASE("main is found in stripped programs") {
  for (const char* program : {"/usr/bin/ls", "/usr/bin/env", "/bin/sh"}) {
    INFO(program);
    auto image = tracer::ElfImage::open(program);
    REQUIRE(image.ok());
    CHECK((*image)->main().has_value());
  }
  const auto result = run({"/usr/bin/ls", "/"}, {"symbol:main"});
  CHECK(test::exit_status(result) == 0);
  REQUIRE(result.entries.size() == 2);
  CHECK(calls(result, 0, "execve") == 1);
  CHECK(calls(result, 1, "getdents64") == 2);
}

TEST_CASE("a trigger is checked before anything runs") {
  using tracer::check_trigger;
  const std::string program = test::fixture("two_stages");
  const auto check = [&](const char* text) {
    auto trigger = parse_trigger(text);
    REQUIRE(trigger.ok());
    return check_trigger(*trigger, program);
  };
  for (const char* good : {"symbol:serve", "symbol:main", "symbol:serve+4", "call:openat", "auto",
                           "signal:SIGUSR1", "symbol:libc.so.6!malloc", "marker:x", "auto:main"}) {
    INFO(good);
    CHECK(check(good).ok());
  }
  for (const char* bad :
       {"symbol:servr", "symbol:serve+0x100000", "offset:0x1", "offset:0xffffffff", "call:opnat",
        "signal:SIGUSR9", "symbol:libc.so.6!malluc", "auto:mian"}) {
    INFO(bad);
    CHECK_FALSE(check(bad).ok());
  }
  CHECK(check("symbol:servr").error().message.find("serve") != std::string::npos);
  CHECK(check("call:opnat").error().message.find("openat") != std::string::npos);
}

namespace {

/// Sends a marker once the target has written something, as a workload's driver would.
class Marks final : public RunDriver {
public:
  void started(RunControl& control, pid_t /*pid*/) override {
    control.marker("unknown");
    control.marker("go");
  }
  void phase(PhaseIndex phase) override { seen.push_back(phase); }
  std::vector<PhaseIndex> seen;
};

} // namespace

TEST_CASE("a marker begins a phase and the run_driver hears of it") {
  Marks run_driver;
  Target target({test::fixture("two_stages")});
  target.options.phases = phases({"marker:go", "symbol:serve"});
  target.spec.run_driver = &run_driver;
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(calls(result, 1, "getppid") == 1);
  CHECK(run_driver.seen == std::vector<PhaseIndex>{1, 2});
}
