// What a patched program carries: the layout that the patcher writes and the installer reads.
// Plain C, shared by both; all offsets are relative to the descriptor, so nothing needs relocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

#define EMBEDDED_MAGIC "harness-policy/1" // 16 bytes, no terminator
#define EMBEDDED_MAGIC_BYTES 16

// EMBEDDED_AUDIT_VARIABLE=log in the environment makes every denial a log line of the kernel
// instead, unless the program was patched with --no-override or runs set-uid.
#define EMBEDDED_AUDIT_VARIABLE "HARNESS_SECCOMP"

/// One phase: the filter that enforces it, and the one that only logs (count 0: none embedded).
struct embedded_phase {
  int32_t enforce_offset; // of its struct sock_filter array
  uint32_t enforce_count;
  int32_t soak_offset;
  uint32_t soak_count;
};

struct embedded_descriptor {
  char magic[EMBEDDED_MAGIC_BYTES];
  uint32_t phases;
  int32_t phases_offset; // of the struct embedded_phase array
  int64_t state_offset;  // of the struct embedded_state
};

/// The only thing a patched program writes of its own.
struct embedded_state {
  int32_t reached; // filters of phases below this index are in force
  int32_t busy;    // a thread is installing
  int32_t audit;   // 1: the audit filters are used
  int32_t reserved;
};

// The installer's one entry point is its first byte:
//   void arrive(struct embedded_descriptor*, int32_t phase, const uintptr_t* initial_stack)
// `phase` -1 installs nothing; `initial_stack` (argc, argv, envp, auxv as the kernel left them) is
// given once, at the program's entry.
