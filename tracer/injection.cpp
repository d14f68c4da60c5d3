// SPDX-License-Identifier: Apache-2.0
#include "tracer/injection.hpp"

#include "core/base/fd.hpp"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

constexpr std::uint64_t instruction_bytes = 2; // of `syscall` and of `int 0x80`

} // namespace

int injected_number(Injection::Call call, AuditArch arch) {
  const bool native = arch == AuditArch::x86_64;
  switch (call) {
  case Injection::Call::mmap:
    return native ? SYS_mmap : 192; // i386: mmap2, whose offset counts pages
  case Injection::Call::munmap:
    return native ? SYS_munmap : 91;
  case Injection::Call::seccomp:
    return native ? SYS_seccomp : 354;
  }
  return -1;
}

bool write_memory(pid_t id, std::uint64_t address, std::span<const std::byte> from) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/%d/mem", id);
  const Fd memory(::open(path, O_RDWR | O_CLOEXEC));
  if (memory.get() >= 0 &&
      ::pwrite(memory.get(), from.data(), from.size(), static_cast<off_t>(address)) ==
          static_cast<ssize_t>(from.size())) {
    return true;
  }
  // Kernels can be told to keep /proc/PID/mem from writing to read-only memory; ptrace still may.
  for (std::size_t done = 0; done < from.size(); done += sizeof(long)) {
    long word = 0;
    std::memcpy(&word, from.data() + done, std::min(sizeof word, from.size() - done));
    if (::ptrace(PTRACE_POKEDATA, id, address + done, word) != 0) {
      return false;
    }
  }
  return true;
}

std::optional<Injection> Injection::begin(const StoppedTracee& tracee, const SyscallInfo& own) {
  const auto registers = tracee.registers();
  Injection injection;
  const std::uint64_t all = ~std::uint64_t{0};
  if (!registers ||
      ::ptrace(PTRACE_GETSIGMASK, tracee.id(), sizeof all, &injection.saved_mask_) != 0 ||
      ::ptrace(PTRACE_SETSIGMASK, tracee.id(), sizeof all, &all) != 0) {
    return std::nullopt;
  }
  injection.saved_ = *registers;
  injection.arch_ = own.call.arch;
  return injection;
}

bool Injection::make(const StoppedTracee& tracee, Call call, const Arguments& arguments) {
  user_regs_struct changed = saved_;
  const auto number = static_cast<unsigned long long>(injected_number(call, arch_));
  if (at_entry_) {
    changed.orig_rax = number;
  } else { // the instruction that made the thread's own call makes this one
    changed.rip -= instruction_bytes;
    changed.rax = number;
    changed.orig_rax = ~0ULL; // no restart logic of the kernel's
  }
  at_entry_ = false;
  auto& [a, b, c, d, e, f] = arguments;
  if (is_i386()) {
    changed.rbx = a;
    changed.rcx = b;
    changed.rdx = c;
    changed.rsi = d;
    changed.rdi = e;
    changed.rbp = f;
  } else {
    changed.rdi = a;
    changed.rsi = b;
    changed.rdx = c;
    changed.r10 = d;
    changed.r8 = e;
    changed.r9 = f;
  }
  return tracee.set_registers(changed);
}

bool Injection::finish(const StoppedTracee& tracee) const {
  user_regs_struct again = saved_;
  again.rip -= instruction_bytes;
  again.rax = saved_.orig_rax;
  again.orig_rax = ~0ULL;
  ::ptrace(PTRACE_SETSIGMASK, tracee.id(), sizeof saved_mask_, &saved_mask_);
  return tracee.set_registers(again);
}

} // namespace harness::tracer
