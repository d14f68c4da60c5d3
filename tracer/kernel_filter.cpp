// SPDX-License-Identifier: Apache-2.0
#include "tracer/kernel_filter.hpp"

#include <cstddef>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace harness::tracer {

namespace {

constexpr std::uint32_t offset_of_high_ip = offsetof(seccomp_data, instruction_pointer) + 4;
constexpr std::uint32_t vsyscall_high = 0xffffffff;

/// Numbers that differ between the two architectures.
struct StructureNumbers {
  std::uint32_t arch;
  std::uint32_t clone, fork, vfork, ptrace, prctl, seccomp, listen;
};
constexpr StructureNumbers native_structure = {static_cast<std::uint32_t>(AuditArch::x86_64),
                                               SYS_clone,
                                               SYS_fork,
                                               SYS_vfork,
                                               SYS_ptrace,
                                               SYS_prctl,
                                               SYS_seccomp,
                                               SYS_listen};
constexpr StructureNumbers compat_structure = {
    static_cast<std::uint32_t>(AuditArch::i386), 120, 2, 190, 26, 172, 354, 363};
constexpr std::uint32_t clone3_everywhere = 435;
constexpr std::uint32_t ptrace_of_x32 = 521 | x32_bit;
constexpr std::uint32_t socketcall_of_i386 = 102;

class Writer {
public:
  /// What follows is for this architecture alone; `body` must leave with an answer.
  template <typename Body> void for_arch(std::uint32_t arch, Body body) {
    Writer inner;
    body(inner);
    load(offsetof(seccomp_data, arch));
    // Longer than a conditional jump reaches: a jump over it.
    jump(BPF_JEQ, arch, 1, 0);
    program_.push_back(
        BPF_STMT(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(inner.program_.size())));
    program_.insert(program_.end(), inner.program_.begin(), inner.program_.end());
  }
  void load(std::size_t offset) {
    program_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  void stop_at(std::uint32_t number) {
    jump(BPF_JEQ, number, 0, 1);
    answer(SECCOMP_RET_TRACE);
  }
  /// At `number` the word at `offset` decides; whatever it is, the answer is given.
  void stop_if(std::uint32_t number, std::size_t offset,
               std::initializer_list<std::uint32_t> values) {
    jump(BPF_JEQ, number, 0, static_cast<std::uint8_t>(2 + 2 * values.size()));
    load(offset);
    for (const std::uint32_t value : values) {
      stop_at(value);
    }
    answer(SECCOMP_RET_ALLOW);
  }
  void answer(std::uint32_t action) { program_.push_back(BPF_STMT(BPF_RET | BPF_K, action)); }
  FilterProgram take() { return std::move(program_); }

private:
  void jump(std::uint16_t test, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
    const auto code = static_cast<std::uint16_t>(BPF_JMP | test | BPF_K);
    program_.push_back(BPF_JUMP(code, value, yes, no));
  }
  FilterProgram program_;
};

/// Whatever else begins a phase; x86_64 numbers where writing and mapping are concerned.
SyscallSet triggers(const PhasePlan& plan) {
  SyscallSet set;
  for (const auto& request : plan.calls) {
    for (const auto& call : request.calls) {
      set.insert(call);
    }
  }
  const auto add = [&](std::initializer_list<int> numbers) {
    for (const int number : numbers) {
      set.insert({AuditArch::x86_64, number});
    }
  };
  if (!plan.outputs.empty()) {
    add({SYS_write, SYS_pwrite64, SYS_sendto, SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_sendmsg});
  }
  if (plan.has_modules()) {
    add({SYS_mmap});
  }
  return set;
}

/// What watched_call() tells apart; `mark` is that of x32 or 0.
void write_watched(Writer& writer, const StructureNumbers& numbers, std::uint32_t mark,
                   bool readiness) {
  constexpr std::size_t first_argument = offsetof(seccomp_data, args);
  for (const auto number : {numbers.clone, numbers.fork, numbers.vfork, clone3_everywhere}) {
    writer.stop_at(number | mark);
  }
  writer.stop_at(mark != 0 ? ptrace_of_x32 : numbers.ptrace);
  if (readiness) {
    writer.stop_at(numbers.listen | mark);
  }
  writer.stop_if(numbers.prctl | mark, first_argument, {PR_SET_SECCOMP, PR_GET_SECCOMP});
  writer.stop_if(numbers.seccomp | mark, first_argument, {SECCOMP_SET_MODE_FILTER});
}

void write_triggers(Writer& writer, std::uint32_t arch, const SyscallSet& triggers) {
  writer.load(offsetof(seccomp_data, nr));
  for (const auto& call : triggers) {
    if (static_cast<std::uint32_t>(call.arch) == arch) {
      writer.stop_at(static_cast<std::uint32_t>(call.number));
    }
  }
}

} // namespace

FilterProgram structure_filter(const PhasePlan& plan, bool readiness) {
  const SyscallSet begin_phases = triggers(plan);
  Writer writer;
  writer.for_arch(native_structure.arch, [&](Writer& inner) {
    write_triggers(inner, native_structure.arch, begin_phases);
    write_watched(inner, native_structure, 0, readiness);
    write_watched(inner, native_structure, x32_bit, readiness);
    for (const std::uint32_t number : {SYS_gettimeofday, SYS_time, SYS_getcpu}) {
      inner.stop_if(number, offset_of_high_ip, {vsyscall_high});
    }
    inner.answer(SECCOMP_RET_ALLOW);
  });
  writer.for_arch(compat_structure.arch, [&](Writer& inner) {
    write_triggers(inner, compat_structure.arch, begin_phases);
    write_watched(inner, compat_structure, 0, readiness);
    if (readiness) {
      inner.stop_at(socketcall_of_i386);
    }
    inner.answer(SECCOMP_RET_ALLOW);
  });
  writer.answer(SECCOMP_RET_ALLOW);
  return writer.take();
}

bool by_vsyscall(std::uint64_t instruction_pointer) {
  return instruction_pointer >> 32 == vsyscall_high;
}

} // namespace harness::tracer
