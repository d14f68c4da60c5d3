// However a run ends, nothing of it is left; and what could not be seen whole says so.
// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace harness;
using test::Target;

namespace {

/// True once no process shows `text` any more; waits up to five seconds for it.
bool gone(const std::string& text) {
  for (int i = 0; i < 500 && !test::processes_with(text).empty(); ++i) {
    ::usleep(10'000);
  }
  return test::processes_with(text).empty();
}

RunResult interrupted_after(Target& target, int microseconds) {
  tracer::StopFlag stop;
  std::thread other([&] {
    ::usleep(static_cast<useconds_t>(microseconds));
    stop.request();
  });
  auto result = target.run(stop);
  other.join();
  return result;
}

} // namespace

TEST_CASE("an interrupt at any point ends every tracee and keeps what was gathered") {
  for (const char* name : {"fork_many", "many_threads", "stop_threads"}) {
    const std::string marker = test::marker();
    for (int delay = 0; delay < 6000; delay += 300) {
      Target target({test::fixture(name), "100", marker});
      const auto result = interrupted_after(target, delay);
      INFO(name << " after " << delay << " us: " << describe(result.end));
      CHECK((std::holds_alternative<Interrupted>(result.end) ||
             std::holds_alternative<Exited>(result.end)));
      CHECK((result.calls > 0 || std::holds_alternative<Interrupted>(result.end)));
    }
    CHECK(test::processes_with(marker).empty());
  }
}

TEST_CASE("an interrupted isolated run leaves nothing either") {
  if (::getuid() != 0) {
    MESSAGE("skipped: isolation without a sandbox around it needs root; run the tests as root");
    return;
  }
  if (!test::open_to_all(test::fixture("fork_many"))) {
    return;
  }
  test::TemporaryDirectory directory;
  ::chmod(directory.path().c_str(), 01777);
  const std::string marker = test::marker();
  for (int delay = 0; delay < 6000; delay += 300) {
    Target target({test::fixture("fork_many"), marker});
    target.spec.isolation =
        Isolation{.run_directory = directory.path(), .exposed = {target.spec.executable}};
    const auto result = interrupted_after(target, delay);
    INFO("after " << delay << " us: " << describe(result.end));
    CHECK((std::holds_alternative<Interrupted>(result.end) || test::exit_status(result) == 0));
  }
  CHECK(test::processes_with(marker).empty());
}

TEST_CASE("a tracer that is killed leaves no tracee") {
  for (const bool isolated : {false, true}) {
    if (isolated && ::getuid() != 0) {
      MESSAGE("skipped: isolation needs root");
      continue;
    }
    if (isolated && !test::open_to_all(test::fixture("double_fork_daemon"))) {
      continue;
    }
    test::TemporaryDirectory directory;
    ::chmod(directory.path().c_str(), 01777);
    const std::string marker = test::marker();
    const pid_t tracer = ::fork();
    if (tracer == 0) {
      Target target({test::fixture("double_fork_daemon"), "30", marker});
      if (isolated) {
        target.spec.isolation =
            Isolation{.run_directory = directory.path(), .exposed = {target.spec.executable}};
      }
      const auto result = target.run();
      ::_exit(static_cast<int>(result.calls & 1));
    }
    // Seen once is enough: a look at /proc while one process hands over to the next may miss both.
    bool seen = false;
    for (int i = 0; i < 2500 && !seen; ++i) {
      ::usleep(2'000);
      seen = !test::processes_with(marker).empty();
    }
    CHECK(seen);
    ::kill(tracer, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(tracer, &status, 0) == tracer);
    CHECK(gone(marker));
  }
}

TEST_CASE("a filter of the target's own hides nothing") {
  Target target({test::fixture("own_filter")});
  const auto result = target.run();
  CHECK(target.output() == "0\n1 1\n");
  CHECK(test::counts(result).at("getppid") == 1); // refused by the filter, and yet seen
  CHECK(test::counts(result).at("getuid") == 1);
  CHECK(result.incomplete.empty());
}

TEST_CASE("a child that asked not to be traced is followed") {
  Target target({test::fixture("untraced_child")});
  const auto result = target.run();
  CHECK(target.output() == "status 3\n");
  CHECK(test::counts(result).at("getresuid") == 1);
  CHECK(result.incomplete.empty());
}

TEST_CASE("a target that traces by itself makes the run incomplete") {
  const auto result = Target({test::fixture("traces_itself")}).run();
  CHECK(result.incomplete == std::vector{Incomplete::own_tracer});
}

TEST_CASE("a set-uid program that gains nothing makes the run incomplete") {
  if (::getuid() != 0 || !std::filesystem::exists("/usr/bin/su")) {
    MESSAGE("skipped: needs root and /usr/bin/su");
    return;
  }
  test::TemporaryDirectory directory;
  ::chmod(directory.path().c_str(), 01777);
  Target target({"/bin/sh", "-c", "su --version; true"});
  target.spec.isolation = Isolation{.run_directory = directory.path()};
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(result.incomplete == std::vector{Incomplete::set_user_id});
}

TEST_CASE(
    "runs one after the other do not apply_faults_and_signals each other, in several threads") {
  std::vector<std::thread> threads;
  std::vector<int> good(3);
  for (int& count : good) {
    threads.emplace_back([&count] {
      for (int i = 0; i < 40; ++i) {
        Target target({test::fixture("fork_tree")});
        target.options.observe.sites = false;
        const auto result = target.run();
        count += test::exit_status(result) == 0 && result.processes.size() == 7;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(good == std::vector<int>{40, 40, 40});
}
