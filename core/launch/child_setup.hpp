// Child setup: what a new process does between clone and exec, in our memory, with raw system calls
// only. It uses no C++ object of ours: ChildSetup is plain data that a ChildPlan filled.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <linux/filter.h>
#include <sys/resource.h>

namespace harness::launch {

/// What the stub was doing when it failed; see child_setup_step_text.
enum class ChildSetupStep : std::uint32_t {
  none,
  session,
  streams,
  terminal,
  private_mounts,
  expose,
  read_only_root,
  bind_tmp,
  bind_shm,
  mount_proc,
  read_only_proc,
  mount_exposed,
  file_system,
  hide,
  identity,
  keyring,
  capabilities,
  no_new_privileges,
  limits,
  directory,
  wait,
  filter,
  exec,
};

/// A step in words, for an error message.
const char* child_setup_step_text(ChildSetupStep step);

struct ChildSetupLimit {
  int resource = 0;
  rlimit64 value{};
};

/// A tree cloned from outside, put read-only at the same path inside.
struct ChildSetupBind {
  const char* path = nullptr;
  int tree = -1; // filled by the stub
};

struct ChildSetupFileSystem {
  const char* path = nullptr;
  const char* options = nullptr;
  unsigned long flags = 0;
};

/// Plain data; all pointers stay valid until the exec has happened or the stub is dead.
struct ChildSetup {
  // ---- conversation with the launcher --------------------------------------------------------
  std::uint32_t go = 0; // futex: set once the tracer has seized the stub
  ChildSetupStep failed_step = ChildSetupStep::none; // written by the stub before it exits
  int failed_code = 0;                               // errno

  // ---- what to run ---------------------------------------------------------------------------
  const char* executable = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr; // nullptr: unchanged
  int streams[3] = {0, 1, 2};      // -1: closed
  bool new_session = false;
  bool controlling_terminal = false;
  bool close_others = false;                  // every other descriptor becomes close-on-exec
  bool dies_with_parent = false;              // with the thread that cloned it
  long umask = -1;                            // -1: unchanged
  const std::uint64_t* signal_mask = nullptr; // the kernel's form: bit n-1 is signal n
  const std::uint64_t* ignored_signals =
      nullptr; // bit n-1: signal n is to be ignored; nullptr: leave
  const ChildSetupLimit* limits = nullptr;
  unsigned limit_count = 0;

  // ---- isolation -----------------------------------------------------------------------------
  bool isolate = false;
  bool make_mounts_private = false;
  bool mount_proc = false;
  bool protect_proc = false; // a uid 0 target: /proc/sys and friends read-only
  const char* tmp_source = nullptr;
  const char* shm_source = nullptr; // nullptr: leave /dev/shm
  bool var_tmp = false;             // /var/tmp shows the run directory as well
  const char* hidden = nullptr;     // covered
  ChildSetupBind* binds = nullptr;
  unsigned bind_count = 0;
  const ChildSetupFileSystem* file_systems = nullptr;
  unsigned file_system_count = 0;
  bool drop_privileges = false;
  std::uint64_t kept_capabilities = 0;

  // ---- identity ------------------------------------------------------------------------------
  bool set_identity = false;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;

  // ---- tracing -------------------------------------------------------------------------------
  bool no_new_privileges = false;
  const sock_fprog* trace_filter = nullptr; // nullptr: the tracer uses PTRACE_SYSCALL
};

/// Entry of the target's process; ends in exec or, after a report in the plan, in exit 127.
void child_setup_main(void* plan);

/// Entry of pid 1 of a run's own PID namespace: reaps orphans, does nothing else, dies with the
/// tracer.
void init_main(void* unused);

} // namespace harness::launch
