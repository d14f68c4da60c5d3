// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <algorithm>
#include <cerrno>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/syscall.h>

using namespace harness;
using test::Target;

namespace {

SyscallId native_call(int number) {
  return {AuditArch::x86_64, number};
}

} // namespace

TEST_CASE("edges, argument classes, errors and words are gathered when asked for") {
  Target target({"/bin/sh", "-c", "test -e /nonexistent-word; :"});
  target.options.observe = {.edges = true, .arguments = true, .strings = true, .all_errno = true};
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(std::count(result.strings.begin(), result.strings.end(), "/nonexistent-word") == 1);
  CHECK(std::any_of(result.arguments.begin(), result.arguments.end(), [](const auto& seen) {
    return seen.call == native_call(SYS_openat) && seen.argument == 2 &&
           seen.value == (O_RDONLY | O_CLOEXEC);
  }));
  CHECK(std::any_of(result.errnos.begin(), result.errnos.end(),
                    [](const auto& seen) { return seen.code == ENOENT; }));
  std::uint64_t edges = 0;
  for (const auto& edge : result.edges) {
    edges += edge.times;
  }
  CHECK(edges + 1 == result.calls); // one thread: every call but the first follows one
}

TEST_CASE("what is a class is never an address: two runs show the same ones") {
  if (!test::available("/usr/bin/python3", "python3")) {
    return;
  }
  std::vector<std::vector<ArgumentClass>> seen;
  for (int run = 0; run < 2; ++run) {
    // Python makes its pipes by pipe2.
    Target target({"/usr/bin/python3", "-I", "-c", "import os; os.pipe2(os.O_CLOEXEC)"});
    target.options.observe = {.arguments = true};
    const auto result = target.run();
    CHECK(test::exit_status(result) == 0);
    seen.push_back(result.arguments);
    for (auto& one : seen.back()) {
      one.times = 0; // how often may differ
    }
  }
  CHECK((seen[0] == seen[1]));
  CHECK(std::any_of(seen[0].begin(), seen[0].end(), [](const ArgumentClass& one) {
    return one.call == native_call(SYS_pipe2) && one.argument == 1 && one.value == O_CLOEXEC;
  }));
}

TEST_CASE("nothing but counts is gathered unless asked for") {
  const auto result = Target({"/bin/true"}).run();
  CHECK(result.edges.empty());
  CHECK(result.arguments.empty());
  CHECK(result.errnos.empty());
  CHECK(result.strings.empty());
}

TEST_CASE("a fault makes the nth call fail with its error") {
  Target target({test::fixture("write_thrice")});
  target.spec.faults = {{.call = "write", .nth = 2, .error = "ENOSPC"}};
  const auto result = target.run();
  CHECK(test::exit_status(result) == ENOSPC);
  CHECK(target.output() == "one\n");
  CHECK(result.faulted);
  CHECK(test::counts(result).at("write") == 2);
  const auto only = std::find_if(result.sightings.begin(), result.sightings.end(),
                                 [](const auto& seen) { return seen.only_faulted; });
  REQUIRE(only != result.sightings.end());
  CHECK(only->call == native_call(SYS_getppid)); // what the fixture does on errors alone
}

TEST_CASE("a fault that is not reached leaves no trace") {
  Target target({test::fixture("write_thrice")});
  target.spec.faults = {{.call = "write", .nth = 9, .error = "ENOSPC"}};
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK_FALSE(result.faulted);
  CHECK(target.output() == "one\ntwo\nthree\n");
}

TEST_CASE("a short count transfers fewer bytes, and the registers come back") {
  Target target({test::fixture("write_thrice")});
  target.spec.faults = {{.call = "write", .nth = 1, .kind = Fault::Kind::short_count, .count = 2}};
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0); // the fixture writes the rest
  CHECK(target.output() == "one\ntwo\nthree\n");
  CHECK(result.faulted);
  CHECK(test::counts(result).at("write") == 4);
}

TEST_CASE("a delay makes a call late") {
  Target target({test::fixture("write_thrice")});
  target.spec.faults = {
      {.call = "write", .nth = 1, .kind = Fault::Kind::delay, .milliseconds = 150}};
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(result.wall >= std::chrono::milliseconds(150));
}

TEST_CASE("a fault or signal that can't be is refused by name") {
  Target target({"/bin/true"});
  target.spec.faults = {{.call = "wrote", .error = "EIO"}};
  CHECK(std::holds_alternative<LaunchFailed>(target.run().end));
  target.spec.faults = {{.call = "write", .error = "EOI"}};
  CHECK(std::holds_alternative<LaunchFailed>(target.run().end));
  target.spec.faults = {};
  target.spec.signals = {{.signal = "SIGTURM", .at = {}}};
  CHECK(std::holds_alternative<LaunchFailed>(target.run().end));
}

TEST_CASE("a signal is sent at its point of progress") {
  Target target({test::fixture("write_thrice")});
  target.spec.signals = {{.signal = "SIGTERM", .at = {.phase = "", .calls = 3}}};
  const auto result = target.run();
  REQUIRE(std::holds_alternative<Signaled>(result.end));
  CHECK(std::get<Signaled>(result.end).requested);
  CHECK(target.output().empty());
  CHECK(result.processes[0].threads[0].calls.size() <= 4);
}

TEST_CASE("a stop takes effect before the signal that ends it, whichever point that has") {
  std::uint64_t restarted = 0;
  std::uint64_t calls = 1;
  for (std::uint64_t at = 1; at <= calls; ++at) {
    Target target({"/bin/sleep", "0.02"});
    target.spec.signals = {{.signal = "SIGSTOP", .at = {.phase = "", .calls = at}},
                           {.signal = "SIGCONT", .at = {.phase = "", .calls = at + at % 2}}};
    const auto result = target.run();
    CHECK(test::exit_status(result) == 0);
    calls = result.calls;
    restarted += test::counts(result)["restart_syscall"];
  }
  CHECK(restarted > 0); // by the one that came in its sleep
}
