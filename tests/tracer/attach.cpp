// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"
#include "tests/tracer/target.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace harness;

namespace {

/// A child of ours that is already running when the tracer comes.
class Running {
public:
  explicit Running(const std::vector<std::string>& words) {
    std::vector<char*> argv;
    for (const auto& word : words) {
      argv.push_back(const_cast<char*>(word.c_str()));
    }
    argv.push_back(nullptr);
    REQUIRE(::posix_spawn(&id, words[0].c_str(), nullptr, nullptr, argv.data(), environ) == 0);
    ::usleep(50'000);
  }
  ~Running() {
    ::kill(id, SIGKILL);
    int status = 0;
    ::waitpid(id, &status, 0);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  pid_t id = 0;
};

/// As /proc/PID/status says.
std::string status_line(pid_t id, const std::string& key) {
  const auto status = read_file("/proc/" + std::to_string(id) + "/status");
  REQUIRE(status.ok());
  const auto at = status->find(key);
  return status->substr(at, status->find('\n', at) - at);
}

/// From a thread of its own: the process is no child of the tracer's thread.
RunResult attach(pid_t id, int milliseconds) {
  RunResult result;
  std::thread([&] {
    tracer::StopFlag stop;
    result = tracer::attach(id, std::chrono::milliseconds(milliseconds), {}, stop);
  }).join();
  return result;
}

} // namespace

TEST_CASE("a running process is followed and let go unharmed") {
  const Running target({test::fixture("ticking_threads")});
  for (int round = 0; round < 3; ++round) {
    auto result = attach(target.id, 200);
    for (int longer = 1; longer < 6 && test::counts(result)["getppid"] <= 4; ++longer) {
      result = attach(target.id, 200 << longer); // a busy machine
    }
    REQUIRE(std::holds_alternative<Detached>(result.end));
    CHECK(result.processes.at(0).id == target.id);
    CHECK(result.processes.at(0).threads.size() == 4);
    CHECK(test::counts(result).at("getppid") > 4);
    CHECK(status_line(target.id, "TracerPid:") == "TracerPid:\t0");
    CHECK(status_line(target.id, "Seccomp:") == "Seccomp:\t0");
    CHECK(status_line(target.id, "State:").find("T") == std::string::npos);
  }
  CHECK(::kill(target.id, 0) == 0);
}

TEST_CASE("a tracer that dies leaves the process it is attached to alive") {
  const Running target({test::fixture("ticking_threads")});
  const pid_t tracer = ::fork();
  if (tracer == 0) {
    tracer::StopFlag stop;
    static_cast<void>(tracer::attach(target.id, std::chrono::seconds(60), {}, stop));
    ::_exit(0);
  }
  ::usleep(150'000);
  CHECK(status_line(target.id, "TracerPid:") == "TracerPid:\t" + std::to_string(tracer));
  ::kill(tracer, SIGKILL);
  int status = 0;
  ::waitpid(tracer, &status, 0);
  ::usleep(50'000);
  CHECK(::kill(target.id, 0) == 0);
  CHECK(status_line(target.id, "TracerPid:") == "TracerPid:\t0");
  CHECK(status_line(target.id, "State:").find("Z") == std::string::npos);
}

TEST_CASE("what can't be attached to is said") {
  const auto result = attach(0x3ffffff, 100);
  REQUIRE(std::holds_alternative<LaunchFailed>(result.end));
  CHECK(std::get<LaunchFailed>(result.end).error.code == ESRCH);
}
