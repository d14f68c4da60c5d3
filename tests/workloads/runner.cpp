// SPDX-License-Identifier: Apache-2.0
#include "tests/workloads/runner.hpp"

#include "core/base/fd.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::test {

namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

class Control final : public RunControl {
public:
  explicit Control(pid_t pid) : pid_(pid) {}
  void marker(const std::string& name) override {
    const std::lock_guard hold(lock_);
    ended.markers.push_back(name);
  }
  void request_signal(int signal) override {
    const std::lock_guard hold(lock_);
    ended.sent.push_back(signal);
    ::kill(pid_, signal);
  }
  void expect_signal(int signal) override {
    const std::lock_guard hold(lock_);
    ended.expected.push_back(signal);
  }
  void finish(Duration grace) override {
    const std::lock_guard hold(lock_);
    ended.finish_asked = true;
    deadline_ = std::min(deadline_, now() + grace);
  }
  void set_patience(Duration patience) { deadline_ = now() + patience; }
  bool is_over() {
    const std::lock_guard hold(lock_);
    return now() >= deadline_;
  }

  Ended ended;

private:
  std::mutex lock_;
  pid_t pid_;
  TimePoint deadline_{TimePoint::max()};
};

void place_stream(int from, int to) {
  if (from < 0) {
    ::close(to);
  } else {
    ::dup2(from, to);
  }
}

/// Sets everything up, says so through `here`, and waits for `go` before it becomes the target.
[[noreturn]] void become(const RunSpec& spec, int here, int go) {
  // Streams of the spec may be 0 to 2 themselves only if we were started without: tests are not.
  place_stream(spec.streams.input, 0);
  place_stream(spec.streams.output, 1);
  place_stream(spec.streams.error, 2);
  if (spec.streams.controlling_terminal) {
    ::setsid();
    ::ioctl(0, TIOCSCTTY, 0);
  }
  if (!spec.directory.empty() && ::chdir(spec.directory.c_str()) != 0) {
    ::_exit(126);
  }
  std::vector<char*> arguments;
  std::vector<char*> environment;
  for (const auto& word : spec.arguments) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  for (const auto& word : spec.environment) {
    environment.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  environment.push_back(nullptr);
  char byte = 1;
  (void)!::write(here, &byte, 1);
  (void)!::read(go, &byte, 1);
  ::execve(spec.executable.c_str(), arguments.data(), environment.data());
  ::_exit(127);
}

bool wrote(int output, const std::string& text) {
  std::string bytes(65536, '\0');
  const auto got = ::pread(output, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes.find(text) != std::string::npos;
}

} // namespace

Ended run_untraced(const RunSpec& spec, const RunnerOptions& options) {
  auto here = make_pipe();
  auto go = make_pipe();
  REQUIRE(here);
  REQUIRE(go);
  const pid_t child = ::fork();
  if (child == 0) {
    become(spec, here->second.get(), go->first.get());
  }
  here->second.reset();
  char byte = 0;
  REQUIRE(::read(here->first.get(), &byte, 1) == 1);
  Control control(child);
  control.set_patience(options.patience);
  if (spec.run_driver != nullptr) {
    spec.run_driver->started(control, child);
    if (options.phase != 0) {
      spec.run_driver->phase(options.phase);
    }
  }
  (void)!::write(go->second.get(), &byte, 1);
  bool ready = options.ready_text.empty();
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (!ready && wrote(spec.streams.output, options.ready_text)) {
      ready = true;
      spec.run_driver->ready();
    }
    if (control.is_over() && !control.ended.killed) {
      control.ended.killed = true;
      ::kill(child, SIGKILL);
    }
    ::poll(nullptr, 0, 1);
  }
  if (spec.run_driver != nullptr) {
    spec.run_driver->stop();
  }
  control.ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return control.ended;
}

} // namespace harness::test
