// Filters put into the running target: a policy's, phase by phase; discover's; and letting go.
// SPDX-License-Identifier: Apache-2.0
#include "core/bpf/build.hpp"
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <sys/wait.h>

using namespace harness;
using test::Target;

namespace {

SyscallId native(int number) {
  return {AuditArch::x86_64, number};
}

/// Refuses `number` with errno 1, allows all else.
FilterProgram refuse(unsigned number) {
  return {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
          {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, number},
          {BPF_RET | BPF_K, 0, 0, 0x00050001},
          {BPF_RET | BPF_K, 0, 0, 0x7fff0000}};
}

const Sighting* sighting(const RunResult& result, PhaseIndex phase, int number) {
  const auto place =
      std::find_if(result.sightings.begin(), result.sightings.end(), [&](const Sighting& seen) {
        return seen.phase == phase && seen.call == native(number);
      });
  return place == result.sightings.end() ? nullptr : &*place;
}

std::vector<Phase> two_phases() {
  return {{"startup", LaunchTrigger{}}, {"serving", SymbolTrigger{"serve", 0, ""}}};
}

/// The calls of the last phase of a counting run.
SyscallSet known_calls(Target& target) {
  const auto result = target.run();
  SyscallSet known;
  for (const auto& seen : result.sightings) {
    known.insert(seen.call);
  }
  return known;
}

} // namespace

TEST_CASE("each phase gets its filter, and what it refuses is a violation") {
  Target target({test::fixture("report_answers")});
  target.options.phases = two_phases();
  target.options.filters = {refuse(SYS_getppid), refuse(SYS_getuid)};
  target.options.report_violations = true;
  const auto result = target.run();
  INFO(describe(result.end));
  CHECK(test::exit_status(result) == 0);
  // setup() calls getppid, serve() calls getuid; both are refused where they are made.
  CHECK(target.output() == "setup refused\nserve refused\n");
  REQUIRE(result.violations.size() == 2);
  CHECK(result.violations[0].phase == 0);
  CHECK(result.violations[0].call == native(SYS_getppid));
  CHECK(result.violations[1].phase == 1);
  CHECK(result.violations[1].call == native(SYS_getuid));
}

TEST_CASE("a fault keeps its error under a filter that answers what it does not know") {
  Target target({test::fixture("write_thrice")});
  target.spec.faults = {{.call = "write", .nth = 2, .error = "ENOSPC"}};
  target.options.filters = {refuse(~0U)}; // a failing call reaches the filter as number -1
  target.options.observe.all_errno = true;
  const auto result = target.run();
  CHECK(test::exit_status(result) == ENOSPC);
  CHECK(std::ranges::count_if(result.errnos, [](const ErrnoSeen& seen) {
          return seen.call == native(SYS_write) && seen.code == ENOSPC;
        }) == 1);
}

TEST_CASE("a filter reaches every thread of the process") {
  Target target({test::fixture("report_answers"), "threads"});
  target.options.phases = two_phases();
  target.options.filters = {{}, refuse(SYS_getuid)};
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(target.output().find("thread allowed") == std::string::npos);
  CHECK(target.output().find("thread refused") != std::string::npos);
}

TEST_CASE("the target goes on alone with its last filter in place") {
  Target target({test::fixture("report_answers")});
  target.options.phases = two_phases();
  target.options.filters = {{}, refuse(SYS_getuid)};
  target.options.detach_after_last_phase = true;
  const auto result = target.run();
  REQUIRE(std::holds_alternative<Detached>(result.end));
  int status = 0;
  REQUIRE(::waitpid(result.processes.at(0).id, &status, 0) == result.processes.at(0).id);
  CHECK(WIFEXITED(status));
  CHECK(target.output() == "setup allowed\nserve refused\n");
}

TEST_CASE("discover: known calls of the only phase run free and have no count") {
  Target target({test::fixture("two_stages")});
  target.options.mode = Mode::discover;
  target.options.known = known_calls(target);
  target.options.known.erase(native(SYS_getgid));
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  REQUIRE(sighting(result, 0, SYS_getgid) != nullptr);
  CHECK(sighting(result, 0, SYS_getgid)->calls == 3U);
  CHECK(result.calls <= 4); // execve and three getgid
  const auto* exec = sighting(result, 0, SYS_execve);
  REQUIRE(exec != nullptr);
}

TEST_CASE("discover: earlier phases are counted, the last one runs free") {
  Target target({test::fixture("two_stages"), "many"});
  target.options.phases = two_phases();
  target.options.known = {native(SYS_getuid), native(SYS_exit_group)};
  target.options.mode = Mode::discover;
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(result.incomplete.empty());
  REQUIRE(sighting(result, 0, SYS_getppid) != nullptr);
  CHECK(sighting(result, 0, SYS_getppid)->calls == 1U);
  REQUIRE(sighting(result, 1, SYS_getgid) != nullptr);
  CHECK(sighting(result, 1, SYS_getgid)->calls == 3U);
  CHECK(sighting(result, 1, SYS_getuid) == nullptr);
}

TEST_CASE("discover without a known set learns first") {
  Target target({test::fixture("busy_loop"), "3000"});
  target.options.mode = Mode::discover;
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  REQUIRE(sighting(result, 0, SYS_getppid) != nullptr);
  CHECK_FALSE(sighting(result, 0, SYS_getppid)->calls.has_value());
  CHECK(result.calls < 1000);
  REQUIRE(sighting(result, 0, SYS_getuid) != nullptr); // its only call comes after the loop
  CHECK(sighting(result, 0, SYS_getuid)->calls == 1U);
}

TEST_CASE("two points in quick succession: the last phase's filter is there, and no thread stays") {
  for (int i = 0; i < 40; ++i) {
    Target target({test::fixture("quick_points")});
    target.options.phases = {{"startup", LaunchTrigger{}},
                             {"second", SymbolTrigger{"second", 0, ""}},
                             {"third", SymbolTrigger{"third", 0, ""}}};
    target.options.filters = {refuse(SYS_getppid), refuse(SYS_getuid), refuse(SYS_uname)};
    target.options.detach_after_last_phase = true;
    const auto result = target.run();
    REQUIRE(std::holds_alternative<Detached>(result.end));
    int status = 0;
    REQUIRE(::waitpid(result.processes.at(0).id, &status, 0) == result.processes.at(0).id);
    CHECK(target.output() == "refused\n");
  }
}
