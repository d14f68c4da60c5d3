// The installer that a patched program carries. Freestanding: no libc, no allocation, no static data,
// position-independent; built into a flat image whose first byte is `arrive` (see installer.ld).
// Fails closed: if the kernel refuses a filter, it says so and the program ends with status 126.
// SPDX-License-Identifier: Apache-2.0
#include "patch/embedded.h"

#include <elf.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

// A thread that waits longer than this for another one was forked off while that one was installing,
// and waits for nobody: it installs by itself. The same filter twice is stricter by nothing.
enum { longest_wait = 1 << 22 };

static inline long kernel_call(long number, long a, long b, long c, long d, long e) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}

__attribute__((noreturn)) static void refuse(void) {
  static const char message[] =
      "harness: the kernel rejected the seccomp policy of this program; exiting\n";
  kernel_call(SYS_write, 2, (long)message, sizeof message - 1, 0, 0);
  for (;;) {
    kernel_call(SYS_exit_group, 126, 0, 0, 0, 0);
  }
}

static int same_text(const char* a, const char* b) {
  while (*a != 0 && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

/// Whether the environment asks for log-only audit; never for a set-uid program.
static int soak_is_asked_for(const uintptr_t* initial_stack) {
  const uintptr_t* next = initial_stack + 1 + initial_stack[0] + 1; // past argc, argv and its NULL
  int asked = 0;
  for (; *next != 0; ++next) {
    asked |= same_text((const char*)*next, EMBEDDED_AUDIT_VARIABLE "=log");
  }
  for (++next; next[0] != AT_NULL; next += 2) {
    if (next[0] == AT_SECURE && next[1] != 0) {
      return 0;
    }
  }
  return asked;
}

/// `first`: no filter of ours is in force yet. Only then is prctl called, which later filters may deny.
static void install(const struct embedded_descriptor* descriptor, int32_t phase, int audit, int first) {
  const struct embedded_phase* phases =
      (const struct embedded_phase*)((const char*)descriptor + descriptor->phases_offset);
  const struct embedded_phase* chosen = &phases[phase];
  const int use_soak = audit && chosen->soak_count != 0;
  const int32_t offset = use_soak ? chosen->soak_offset : chosen->enforce_offset;
  const uint32_t count = use_soak ? chosen->soak_count : chosen->enforce_count;
  struct sock_fprog program = {
      .len = (unsigned short)count,
      .filter = (struct sock_filter*)((char*)descriptor + offset),
  };
  if ((first && kernel_call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ||
      kernel_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, (long)&program, 0,
                  0) != 0) {
    refuse(); // a positive result names a thread whose filters had diverged: refused as well
  }
}

__attribute__((section(".text.arrive"), used)) void
arrive(struct embedded_descriptor* descriptor, int32_t phase, const uintptr_t* initial_stack) {
  struct embedded_state* state =
      (struct embedded_state*)((char*)descriptor + descriptor->state_offset);
  if (initial_stack != 0) {
    state->audit = soak_is_asked_for(initial_stack);
  }
  for (int waited = 0; __atomic_load_n(&state->reached, __ATOMIC_ACQUIRE) <= phase; ++waited) {
    int32_t idle = 0;
    const int mine = __atomic_compare_exchange_n(&state->busy, &idle, 1, 0, __ATOMIC_ACQUIRE,
                                                 __ATOMIC_RELAXED);
    if (mine || waited >= longest_wait) {
      const int32_t reached = __atomic_load_n(&state->reached, __ATOMIC_ACQUIRE);
      if (reached <= phase) {
        install(descriptor, phase, state->audit, reached == 0);
        __atomic_store_n(&state->reached, phase + 1, __ATOMIC_RELEASE);
      }
      __atomic_store_n(&state->busy, 0, __ATOMIC_RELEASE);
      return;
    }
    __asm__ volatile("pause");
  }
}
