// Machine: what this process may do, found out once. Knows /proc and the capability sets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace harness::launch {

struct Machine {
  bool sys_admin = false;     // CAP_SYS_ADMIN: filters without no_new_privs, namespaces
  bool sys_ptrace = false;    // CAP_SYS_PTRACE: a traced set-uid program keeps its privileges
  bool set_identity = false;  // CAP_SETUID and CAP_SETGID, and more than one uid is mapped
  bool no_new_privs = false;  // we can't gain privileges, so a target couldn't either
  bool shared_mounts = false; // some mount propagates: make them private first
  bool has_var_tmp = false;   // /var/tmp is a directory
  int pid_namespace = -1;     // our own, to come back to; -1: not to be had
  bool may_return = false;    // ... from a fresh one; not so below the user namespace that owns it
  std::uint64_t ignored_signals = 0; // as this process was started; bit n-1 is signal n
  std::uint64_t blocked_signals = 0;
};

/// As found at the first call.
const Machine& machine();

} // namespace harness::launch
