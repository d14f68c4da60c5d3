// SPDX-License-Identifier: Apache-2.0
#include "tests/core/bpf/kernel_filter.hpp"

#include <csignal>
#include <linux/seccomp.h>
#include <new>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::test {

namespace {

// Under the filter no libc call is safe: even the return from fork may make one.
long raw_call(long number, const std::uint64_t* arguments) {
  long result = 0;
  register std::uint64_t r10 __asm__("r10") = arguments[3];
  register std::uint64_t r8 __asm__("r8") = arguments[4];
  register std::uint64_t r9 __asm__("r9") = arguments[5];
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]), "r"(r10),
                     "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

struct Shared {
  bool taken = false;
  std::size_t answered = 0;
  long answers[1024]{};
};

} // namespace

std::optional<std::vector<long>> ask_kernel(const FilterProgram& program,
                                            const std::vector<Question>& questions) {
  auto* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || questions.size() > std::size(Shared{}.answers)) {
    throw std::runtime_error("no memory to share with the child");
  }
  auto* shared = new (memory) Shared;
  const sock_fprog filter{static_cast<unsigned short>(program.size()),
                          const_cast<sock_filter*>(program.data())};
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int sent : {SIGILL, SIGSEGV, SIGTRAP, SIGSYS}) {
      ::signal(sent, SIG_DFL); // a handler of the test runner would need calls
    }
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // nobody wants the core
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    shared->taken = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
    for (std::size_t i = 0; shared->taken && i < questions.size(); ++i) {
      shared->answers[i] = raw_call(questions[i].number, questions[i].arguments.data());
      shared->answered = i + 1;
    }
    __builtin_trap(); // ends without a call that the filter could see
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::optional<std::vector<long>> answers;
  if (shared->taken) {
    answers.emplace(shared->answers, shared->answers + shared->answered);
  }
  ::munmap(memory, sizeof(Shared));
  return answers;
}

bool kernel_takes(const FilterProgram& program) {
  return ask_kernel(program, {}).has_value();
}

} // namespace harness::test
