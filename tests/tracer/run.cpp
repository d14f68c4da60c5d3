// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace harness;
using test::Target;

TEST_CASE("a target's end is its own") {
  CHECK(test::exit_status(Target({test::fixture("exit_with"), "7"}).run()) == 7);
  Target faulty({test::fixture("segfault")});
  faulty.spec.resource_limits = {{"core", 0}};
  const auto crash = faulty.run();
  REQUIRE(std::holds_alternative<Signaled>(crash.end));
  CHECK(std::get<Signaled>(crash.end).signal == SIGSEGV);
  CHECK(crashed(crash));
}

TEST_CASE("the launching execve counts once and the last call is seen") {
  const auto result = Target({test::fixture("exit_with")}).run();
  const auto calls = test::counts(result);
  CHECK(calls.at("execve") == 1);
  CHECK(calls.at("exit_group") == 1);
  CHECK(calls.count("rt_sigaction") == 0); // the stub's own calls never count
  CHECK(result.executables == std::vector<std::string>{test::fixture("exit_with")});
  CHECK(result.incomplete.empty());
  REQUIRE_FALSE(result.last_calls.empty());
  CHECK(result.last_calls.back().number == 231);
}

TEST_CASE("a program goes by the name with which it was called, a script by its interpreter") {
  const test::TemporaryDirectory directory;
  const std::string link = directory / "called";
  REQUIRE(::symlink(test::fixture("exit_with").c_str(), link.c_str()) == 0);
  CHECK(Target({link}).run().executables == std::vector<std::string>{link});
  const std::string script = directory / "script";
  REQUIRE(replace_file(script, "#!" + test::fixture("exit_with") + "\n").ok());
  REQUIRE(::chmod(script.c_str(), 0755) == 0);
  CHECK(Target({script}).run().executables.back() == test::fixture("exit_with"));
}

TEST_CASE("a launch that fails says at which step") {
  const auto missing = Target({"/nonexistent/program"}).run();
  REQUIRE(std::holds_alternative<LaunchFailed>(missing.end));
  CHECK(std::get<LaunchFailed>(missing.end).error.code == ENOENT);
  Target lost({"/bin/true"});
  lost.spec.directory = "/nonexistent";
  const auto nowhere = lost.run();
  REQUIRE(std::holds_alternative<LaunchFailed>(nowhere.end));
  CHECK(std::get<LaunchFailed>(nowhere.end).error.message.find("working directory") !=
        std::string::npos);
  CHECK(std::holds_alternative<LaunchFailed>(Target({"true"}).run().end));
  Target text({test::source_root() + "/meson.build"});
  CHECK(std::holds_alternative<LaunchFailed>(text.run().end));
}

TEST_CASE("every thread is followed") {
  const auto result = Target({test::fixture("many_threads"), "800"}).run();
  CHECK(test::exit_status(result) == 0);
  CHECK(test::counts(result).at("getppid") == 800);
  REQUIRE(result.processes.size() == 1);
  CHECK(result.processes[0].threads.size() == 801);
  CHECK(result.incomplete.empty());
}

TEST_CASE("every process is followed and has its parent") {
  const auto result = Target({test::fixture("fork_tree")}).run();
  CHECK(test::exit_status(result) == 0);
  REQUIRE(result.processes.size() == 7);
  CHECK_FALSE(result.processes[0].parent.has_value());
  CHECK(std::count_if(result.processes.begin(), result.processes.end(),
                      [](const auto& process) { return process.parent == 0U; }) == 2);
  CHECK(test::counts(result).at("exit_group") == 7);
}

TEST_CASE("vfork, posix_spawn and system are followed through their exec") {
  const auto result = Target({test::fixture("vfork_exec")}).run();
  CHECK(test::exit_status(result) == 0);
  CHECK(test::counts(result).at("execve") == 4); // ours, two of true, the shell
  CHECK(std::count(result.executables.begin(), result.executables.end(), "/usr/bin/true") == 1);
}

TEST_CASE("an exec by a thread that is not the leader keeps the process") {
  Target target({test::fixture("exec_from_thread")});
  const auto result = target.run();
  CHECK(test::exit_status(result) == 5);
  CHECK(target.output() == "second life\n");
  CHECK(result.processes.size() == 1);
}

TEST_CASE("numbers beyond the table and of another architecture are kept") {
  const bool i386 = test::can_interrupt_0x80();
  std::vector<std::string> words = {test::fixture("odd_numbers")};
  if (i386) {
    words.emplace_back("int80");
  }
  Target target(words);
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  CHECK(target.output() == "done\n");
  const auto seen = [&](SyscallId id) {
    return std::any_of(result.sightings.begin(), result.sightings.end(),
                       [&](const Sighting& sighting) { return sighting.call == id; });
  };
  CHECK(seen({AuditArch::x86_64, -1}));
  CHECK(seen({AuditArch::x86_64, 468}));
  CHECK(seen({AuditArch::x86_64, 9999}));
  CHECK(seen({AuditArch::i386, 20}) == i386);
  CHECK(seen({AuditArch::x86_64, x32_bit | 39}));
}

TEST_CASE("job control works as untraced") {
  CHECK(test::exit_status(Target({test::fixture("stop_itself")}).run()) == 0);
}

TEST_CASE("a daemon is followed and ends with the run") {
  const std::string marker = test::marker();
  Target target({test::fixture("double_fork_daemon"), "30", marker});
  target.spec.limits.wall = std::chrono::milliseconds(1500);
  const auto result = target.run();
  REQUIRE(std::holds_alternative<LimitReached>(result.end));
  CHECK(result.processes.size() == 3);
  CHECK(result.incomplete == std::vector{Incomplete::killed});
  CHECK(test::processes_with(marker).empty());
}

TEST_CASE("the wall limit ends a run") {
  Target target({test::fixture("sleep_forever")});
  target.spec.limits.wall = std::chrono::milliseconds(100);
  const auto result = target.run();
  CHECK(timed_out(result));
  CHECK(target.output() == "asleep\n");
}

TEST_CASE("the output limit ends a run") {
  Target target({"/usr/bin/yes"});
  target.spec.limits.output_bytes = 100'000;
  const auto result = target.run();
  REQUIRE(std::holds_alternative<LimitReached>(result.end));
  CHECK(std::get<LimitReached>(result.end).limit == LimitReached::Limit::output);
}

TEST_CASE("the limit of processes ends a fork bomb") {
  Target target({"/bin/sh", "-c", "f() { f | f & }; f; sleep 5"});
  target.spec.limits.processes = 40;
  const auto result = target.run();
  REQUIRE(std::holds_alternative<LimitReached>(result.end));
  CHECK(std::get<LimitReached>(result.end).limit == LimitReached::Limit::processes);
}

TEST_CASE("a stop flag raised before or during a run ends it") {
  tracer::StopFlag stop;
  const std::string marker = test::marker();
  Target target({test::fixture("sleep_forever"), marker});
  std::thread other([&] {
    ::usleep(30'000);
    stop.request();
  });
  CHECK(std::holds_alternative<Interrupted>(target.run(stop).end));
  other.join();
  CHECK(std::holds_alternative<Interrupted>(target.run(stop).end));
  CHECK(test::processes_with(marker).empty());
}

namespace {

/// Asks for what its test says as soon as the target has started.
class Impatient final : public RunDriver {
public:
  explicit Impatient(void (*ask)(RunControl&)) : ask_(ask) {}
  void started(RunControl& control, pid_t pid) override {
    pid_ = pid;
    ask_(control);
  }
  void stop() override { stopped_ = true; }
  pid_t pid_ = 0;
  bool stopped_ = false;

private:
  void (*ask_)(RunControl&);
};

} // namespace

TEST_CASE("a run_driver ends a run by a signal, which is no failure") {
  Impatient run_driver([](RunControl& control) { control.request_signal(SIGTERM); });
  Target target({test::fixture("sleep_forever")});
  target.spec.run_driver = &run_driver;
  const auto result = target.run();
  REQUIRE(std::holds_alternative<Signaled>(result.end));
  CHECK(std::get<Signaled>(result.end).requested);
  CHECK_FALSE(crashed(result));
  CHECK(run_driver.pid_ != 0);
  CHECK(run_driver.stopped_);
}

TEST_CASE("a run_driver that is done gives the target its grace, then ends it") {
  Impatient run_driver([](RunControl& control) { control.finish(std::chrono::milliseconds(60)); });
  Target target({test::fixture("sleep_forever")});
  target.spec.run_driver = &run_driver;
  const auto result = target.run();
  CHECK(std::holds_alternative<Stopped>(result.end));
  CHECK(result.incomplete.empty());
  CHECK(target.output() == "asleep\n");
}
