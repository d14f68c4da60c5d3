// Raw system calls for code that shares our memory in another process (child_setup.cpp): no libc,
// no errno, no sanitizer instrumentation. x86_64 only; everything else of the tracer is portable
// C++.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// For functions that run on a foreign stack in a process that shares our memory.
#define HARNESS_RAW_CODE __attribute__((no_sanitize("address", "undefined", "thread"), noinline))

namespace harness::launch {

/// The kernel's answer: a value, or a negated errno.
__attribute__((always_inline, no_sanitize("address", "undefined", "thread"))) inline long
raw_syscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  long result = 0;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/// clone3(2) with `entry(argument)` as the child's first and last function, on the stack that
/// `arguments` name. Returns in the parent only: the child's pid, or a negated errno.
__attribute__((no_sanitize("address", "undefined", "thread"))) inline long
raw_clone(void* arguments, std::size_t size, void (*entry)(void*), void* argument) {
  long result = 0;
  register void (*function)(void*) __asm__("r12") = entry;
  register void* parameter __asm__("r13") = argument;
  __asm__ volatile("syscall\n\t"
                   "test %%rax, %%rax\n\t"
                   "jnz 1f\n\t"
                   "xor %%ebp, %%ebp\n\t"
                   "mov %%r13, %%rdi\n\t"
                   "call *%%r12\n\t"
                   "ud2\n"
                   "1:"
                   : "=a"(result)
                   : "a"(435L /* clone3 */), "D"(arguments), "S"(size), "r"(function),
                     "r"(parameter)
                   : "rcx", "r11", "memory");
  return result;
}

} // namespace harness::launch
