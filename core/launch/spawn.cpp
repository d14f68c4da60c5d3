// SPDX-License-Identifier: Apache-2.0
#include "core/launch/spawn.hpp"

#include "core/launch/machine.hpp"
#include "core/launch/namespace_helper.hpp"
#include "core/launch/raw_syscall.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::launch {

namespace {

constexpr std::size_t stack_bytes = std::size_t{64} * 1024;
constexpr std::uint64_t own_namespaces = CLONE_NEWNS | CLONE_NEWIPC; // of an isolated target

/// Three stacks a thread, for the stub, pid 1 and a go-between; they outlive every run of the
/// thread.
class Stacks {
public:
  Stacks()
      : memory_(::mmap(nullptr, 3 * stack_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~Stacks() { ::munmap(memory_, 3 * stack_bytes); }
  Stacks(const Stacks&) = delete;
  Stacks& operator=(const Stacks&) = delete;
  std::uint64_t stub() const { return reinterpret_cast<std::uint64_t>(memory_); }
  std::uint64_t init() const { return stub() + stack_bytes; }
  std::uint64_t namespace_helper() const { return init() + stack_bytes; }

private:
  void* memory_;
};

const Stacks& stacks() {
  thread_local const Stacks stacks;
  return stacks;
}

/// All signals blocked while it lives: a handler of ours must never run in a stub.
class SignalsBlocked {
public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
  sigset_t before_{};
};

/// While it lives, children of this thread are spawned into a fresh PID namespace.
class FreshPidNamespace {
public:
  explicit FreshPidNamespace(int home) : home_(home) {}
  ~FreshPidNamespace() {
    if (entered_) {
      ::setns(home_, CLONE_NEWPID);
    }
  }
  FreshPidNamespace(const FreshPidNamespace&) = delete;
  FreshPidNamespace& operator=(const FreshPidNamespace&) = delete;
  Result<> enter() {
    if (::unshare(CLONE_NEWPID) != 0) {
      return Error::from_errno("a PID namespace for the run", errno);
    }
    entered_ = true;
    return Done{};
  }

private:
  int home_;
  bool entered_ = false;
};

clone_args clone_arguments(std::uint64_t stack, std::uint64_t flags, int exit_signal) {
  clone_args arguments{};
  arguments.flags = CLONE_VM | CLONE_CLEAR_SIGHAND | flags;
  arguments.exit_signal = static_cast<std::uint64_t>(exit_signal);
  arguments.stack = stack;
  arguments.stack_size = stack_bytes;
  return arguments;
}

Result<pid_t> clone_stub(clone_args arguments, void (*entry)(void*), void* argument) {
  const long id = raw_clone(&arguments, sizeof arguments, entry, argument);
  if (id < 0) {
    return Error::from_errno("clone3", static_cast<int>(-id));
  }
  return static_cast<pid_t>(id);
}

Result<> isolated(ChildSetup& plan, Spawned& spawned) {
  FreshPidNamespace fresh(machine().pid_namespace);
  if (auto entered = fresh.enter(); !entered) {
    return entered;
  }
  auto first = clone_stub(clone_arguments(stacks().init(), 0, 0), init_main, nullptr);
  if (!first) {
    return std::move(first).error().within("pid 1 of the run");
  }
  spawned.init = *first;
  auto stub = clone_stub(clone_arguments(stacks().stub(), own_namespaces, SIGCHLD),
                         child_setup_main, &plan);
  if (!stub) {
    return std::move(stub).error();
  }
  spawned.id = *stub;
  return Done{};
}

Result<> by_go_between(ChildSetup& plan, Spawned& spawned) {
  // The exit signal of a sibling is that of the go-between.
  NamespaceHelper errand{.init = clone_arguments(stacks().init(), CLONE_PARENT, 0),
                         .stub = clone_arguments(stacks().stub(), CLONE_PARENT | own_namespaces, 0),
                         .plan = &plan};
  auto sent = clone_stub(clone_arguments(stacks().namespace_helper(), 0, SIGCHLD),
                         namespace_helper_main, &errand);
  if (!sent) {
    return std::move(sent).error().within("the go-between of the run");
  }
  while (::waitpid(*sent, nullptr, __WALL) < 0 && errno == EINTR) {
  }
  spawned.init = static_cast<pid_t>(std::max(errand.init_id, 0L));
  spawned.id = static_cast<pid_t>(std::max(errand.stub_id, 0L));
  if (errand.failed_code != 0) {
    return Error::from_errno(errand.no_namespace ? "a PID namespace for the run" : "clone3",
                             errand.failed_code);
  }
  return Done{};
}

} // namespace

Result<> clone_child(ChildPlan& plan, Spawned& spawned) {
  const SignalsBlocked blocked;
  ChildSetup& setup = plan.setup_;
  if (setup.isolate) {
    return machine().may_return ? isolated(setup, spawned) : by_go_between(setup, spawned);
  }
  auto child = clone_stub(clone_arguments(stacks().stub(), 0, SIGCHLD), child_setup_main, &setup);
  if (!child) {
    return std::move(child).error();
  }
  spawned.id = *child;
  return Done{};
}

} // namespace harness::launch
