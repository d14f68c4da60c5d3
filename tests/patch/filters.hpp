// Small filters for the tests of the patcher. Knows only the kernel's headers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/filter_program.hpp"

#include <cstddef>
#include <initializer_list>
#include <linux/audit.h>
#include <linux/seccomp.h>

namespace harness::test {

/// Everything of x86-64 is allowed but `denied`, which get `verdict` (ENOSYS); another architecture
/// ends the process.
inline FilterProgram all_but(std::initializer_list<unsigned> denied,
                             unsigned verdict = SECCOMP_RET_ERRNO | 38) {
  FilterProgram filter = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const unsigned number : denied) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, verdict));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return filter;
}

} // namespace harness::test
