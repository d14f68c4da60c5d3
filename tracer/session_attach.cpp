// Session: following a process that was there before us, and letting it go unharmed: no EXITKILL,
// no filter, no breakpoint; if we die it lives on.
// SPDX-License-Identifier: Apache-2.0
#include "tracer/session.hpp"

#include "tracer/proc.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sys/ptrace.h>

namespace harness::tracer {

Result<> Session::attach_all() {
  const auto path = executable_of(attach_to_);
  if (!path) {
    return Error::from_errno(fmt::format("process {}", attach_to_), ESRCH);
  }
  const int options = launch_options() & ~PTRACE_O_EXITKILL;
  // Threads may start more threads until all are seized; those of seized ones come by themselves.
  for (bool found = true; found;) {
    found = false;
    for (const pid_t id : threads_of(attach_to_)) {
      if (tree_.find(id) != nullptr) {
        continue;
      }
      if (::ptrace(PTRACE_SEIZE, id, nullptr, options) != 0) {
        if (errno == ESRCH) {
          continue; // gone meanwhile
        }
        return Error::from_errno(
            fmt::format("PTRACE_SEIZE of {} (is it traced already? see kernel.yama.ptrace_scope)",
                        id),
            errno);
      }
      found = true;
      add_attached(id, *path);
      ::ptrace(PTRACE_INTERRUPT, id, nullptr, nullptr);
    }
  }
  if (tree_.alive() == 0) {
    return Error::from_errno(fmt::format("process {}", attach_to_), ESRCH);
  }
  launched_ = true;
  target_executable_ = *path;
  entries_.push_back({0, 0, 0, SteadyClock().now() - start_});
  return Done{};
}

void Session::add_attached(pid_t id, const std::string& path) {
  Thread* leader = tree_.find(attach_to_);
  if (leader == nullptr) {
    // The leader stands for its process, whichever thread is seized first.
    leader = &tree_.add_launched(attach_to_, path);
    leader->every_syscall = true;
  }
  if (id != attach_to_) {
    tree_.adopt(tree_.add_unknown(id), *leader, {.is_thread = true, .shares_memory = true});
  }
}

/// Every thread leaves the trace at its next stop, which we ask for.
void Session::let_go() {
  tree_.each_thread([&](Thread& thread) {
    if (thread.process != nullptr) {
      thread.process->detaching = true;
    }
    ::ptrace(PTRACE_INTERRUPT, thread.id, nullptr, nullptr);
  });
}

} // namespace harness::tracer
