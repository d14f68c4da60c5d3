// SPDX-License-Identifier: Apache-2.0
#include "core/launch/untraced.hpp"

#include "core/base/fd.hpp"
#include "core/launch/child_plan.hpp"
#include "core/launch/spawn.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace harness::launch {

namespace {

/// A child that has not reached its exec after this time never will.
constexpr int max_setup_ms = 15'000;

void kill_and_reap(pid_t id) {
  if (id > 0) {
    ::kill(id, SIGKILL);
    while (::waitpid(id, nullptr, __WALL) < 0 && errno == EINTR) {
    }
  }
}

/// The write end of a close-on-exec pipe is a copy in the child: it closes at the exec or the end.
bool await_exec(const Fd& read_end) {
  pollfd wait{read_end.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&wait, 1, max_setup_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

} // namespace

Result<UntracedProcess> UntracedProcess::start(const RunSpec& spec) {
  auto plan = ChildPlan::make(spec);
  if (!plan) {
    return std::move(plan).error();
  }
  auto exec_seen = make_pipe();
  if (!exec_seen) {
    return std::move(exec_seen).error();
  }
  (*plan)->set_apart();
  (*plan)->release(); // nobody has to attach first
  Spawned spawned;
  auto there = clone_child(**plan, spawned);
  exec_seen->second.reset();
  UntracedProcess process(spawned.id, spawned.init);
  if (!there) {
    return std::move(there).error();
  }
  const bool began = await_exec(exec_seen->first);
  if (!began || (*plan)->failed()) {
    process.end(); // the plan is shared with the child until then
    return began ? (*plan)->failure() : Error{"its setup did not come to an end", ETIMEDOUT};
  }
  return process;
}

UntracedProcess::UntracedProcess(UntracedProcess&& other) noexcept
    : id_(std::exchange(other.id_, 0)), init_(std::exchange(other.init_, 0)) {}

UntracedProcess& UntracedProcess::operator=(UntracedProcess&& other) noexcept {
  if (this != &other) {
    end();
    id_ = std::exchange(other.id_, 0);
    init_ = std::exchange(other.init_, 0);
  }
  return *this;
}

UntracedProcess::~UntracedProcess() {
  end();
}

void UntracedProcess::end() noexcept {
  if (id_ > 0) {
    ::kill(-id_, SIGKILL); // its process group, for runs without isolation
  }
  // Pid 1 dies only when everything in its namespace is reaped, its first child included: that is
  // our child, so it comes first.
  if (init_ > 0) {
    ::kill(init_, SIGKILL);
  }
  kill_and_reap(std::exchange(id_, 0));
  kill_and_reap(std::exchange(init_, 0));
}

} // namespace harness::launch
