// SPDX-License-Identifier: Apache-2.0
#include "reports/trace.hpp"

#include "core/model/syscall_table.hpp"
#include "tests/reports/example.hpp"
#include "tests/reports/golden.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace harness;
using namespace harness::reports;

namespace {

SyscallId call(const char* name) {
  const auto id = find_syscall(name);
  REQUIRE(id);
  return *id;
}

/// A shell that starts `true` and is killed while it serves.
RunResult example_run() {
  RunResult run;
  run.end = Signaled{.signal = SIGSEGV, .core_dumped = true};
  run.incomplete = {Incomplete::own_tracer};
  run.executables = {"/usr/bin/sh", "/usr/bin/true"};
  run.sightings = {
      {.phase = 0,
       .call = call("openat"),
       .executable = 0,
       .calls = 1200,
       .backtrace = {{"/lib/libc.so.6", 0xfade, "open64+0x5e"}}},
      {.phase = 0, .call = call("openat"), .executable = 1, .calls = 4},
      {.phase = 0, .call = call("execve"), .executable = 0, .calls = 1},
      {.phase = 0, .call = call("i386:open"), .executable = 1, .calls = 2},
      {.phase = 1, .call = call("read"), .executable = 0, .calls = std::nullopt},
      {.phase = 1, .call = call("sync"), .executable = 0, .calls = 1, .only_faulted = true},
  };
  run.errnos = {{.phase = 0, .call = call("openat"), .code = ENOENT, .times = 7}};
  run.processes = {
      {.id = 100,
       .executable = 0,
       .name = "sh",
       .phase = 1,
       .end = run.end,
       .threads = {{100, "sh", {run.sightings[0], run.sightings[2]}},
                   {101, "worker", {run.sightings[4]}}}},
      {.id = 102,
       .parent = 0,
       .executable = 1,
       .name = "true",
       .end = Exited{1},
       .threads = {{102, "true", {run.sightings[1], run.sightings[3]}}}},
      {.id = 103, .parent = 0, .executable = 1, .name = "other"},
  };
  run.calls = 1208;
  run.wall = std::chrono::milliseconds(1500);
  return run;
}

const std::vector<std::string> phases{"startup", "serving", "shutdown"};

} // namespace

TEST_CASE("trace table") {
  test::check_golden("trace.txt", trace_table(example_run(), phases, {.unicode = true}));
  test::check_golden("trace-color.txt",
                     trace_table(example_run(), phases, {.color = true, .unicode = true}));
}

TEST_CASE("trace tree") {
  test::check_golden("trace-tree.txt", trace_tree(example_run(), phases, {.unicode = true}));
}

TEST_CASE("trace JSON") {
  const std::string text = trace_json(example_run(), phases);
  test::check_golden("trace.json", text);
  const auto json = nlohmann::json::parse(text);
  CHECK(json["union"] == nlohmann::json({"execve", "i386:open", "openat", "read"}));
  CHECK(json["phases"][1]["syscalls"][1]["calls"].is_null());
  CHECK(json["phases"][2]["reached"] == false);
}

TEST_CASE("a hostile trace stays in its lines") {
  RunResult run = example_run();
  run.executables[0] = test::hostile;
  run.processes[0].name = test::hostile;
  run.processes[0].threads[1].name = test::hostile;
  run.sightings[0].backtrace[0].symbol = test::hostile;
  run.processes[2].end = LaunchFailed{{test::hostile, 0}};
  const std::vector<std::string> names{test::hostile, "serving", "shutdown"};
  for (const auto& text : {trace_table(run, names, {}), trace_tree(run, names, {})}) {
    CHECK(test::is_tame(text));
  }
  CHECK(test::is_tame(trace_json(run, names)));
  CHECK(nlohmann::json::accept(trace_json(run, names)));
}

TEST_CASE("a run that never began says so") {
  RunResult run;
  run.end = LaunchFailed{{"execve: No such file or directory", ENOENT}};
  const std::vector<std::string> all = phase_names({});
  CHECK(all == std::vector<std::string>{"all"});
  const std::string text = trace_table(run, all, {});
  CHECK(text.find("not reached") != std::string::npos);
  CHECK(text.find("could not be launched: execve") != std::string::npos);
}

TEST_CASE("processes whose parents form a ring are all shown, once") {
  RunResult run = example_run();
  run.processes[0].parent = 1;
  const std::string text = trace_tree(run, phases, {});
  for (const std::string pid : {"pid 100", "pid 102", "pid 103"}) {
    const auto first = text.find(pid);
    CHECK(first != std::string::npos);
    CHECK(text.find(pid, first + 1) == std::string::npos);
  }
}
