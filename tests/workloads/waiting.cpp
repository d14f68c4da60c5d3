// SPDX-License-Identifier: Apache-2.0
#include "workloads/waiting.hpp"

#include "core/base/fd.hpp"

#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace harness;
using namespace harness::workloads;

namespace {

/// A child that does `work` until it is killed.
class Child {
public:
  explicit Child(const std::function<void()>& work) : id_(::fork()) {
    if (id_ == 0) {
      work();
      ::_exit(0);
    }
  }
  ~Child() {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const { return id_; }
  /// What /proc says of it, once that says so; waits for as long as it takes, the suite is bounded.
  void becomes(const std::string& call) const {
    const auto says = [&] {
      const auto text = read_file(fmt::format("/proc/{}/syscall", id_));
      return text && text->rfind(call, 0) == 0;
    };
    while (!says()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

private:
  pid_t id_;
};

void read_for_ever(int from) {
  char byte = 0;
  while (::read(from, &byte, 1) == 1) {
  }
}

} // namespace

TEST_CASE("a process that reads what does not come waits for others; two looks are needed") {
  auto pipe = make_pipe();
  REQUIRE(pipe);
  const Child child([&] { read_for_ever(pipe->first.get()); });
  child.becomes("0 ");
  CHECK(waits_for_others(child.id()));
  WaitingWatch watch;
  CHECK_FALSE(watch.look(child.id()));
  CHECK(watch.look(child.id()));
  CHECK_FALSE(watch.look(0)); // nobody in the foreground
  CHECK_FALSE(watch.look(child.id()));
}

TEST_CASE("one that sleeps for a set time, works, or is gone waits for nobody") {
  const Child sleeper([] { ::sleep(1000); });
  sleeper.becomes("230 "); // clock_nanosleep
  CHECK_FALSE(waits_for_others(sleeper.id()));
  const Child worker([] {
    volatile unsigned turn = 0;
    for (;;) {
      turn = turn + 1;
    }
  });
  worker.becomes("running");
  CHECK_FALSE(waits_for_others(worker.id()));
  CHECK_FALSE(waits_for_others(-1));
}

TEST_CASE("all threads must wait") {
  auto pipe = make_pipe();
  REQUIRE(pipe);
  const Child child([&] {
    std::thread([] { ::sleep(1000); }).detach();
    read_for_ever(pipe->first.get());
  });
  child.becomes("0 ");
  for (int look = 0; look < 50; ++look) {
    CHECK_FALSE(waits_for_others(child.id()));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}
