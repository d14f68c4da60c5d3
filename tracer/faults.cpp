// SPDX-License-Identifier: Apache-2.0
#include "tracer/faults.hpp"

#include "core/model/kernel_names.hpp"
#include "core/model/syscall_table.hpp"
#include "tracer/injection.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sched.h>
#include <sys/syscall.h>

namespace harness::tracer {

namespace {

/// The argument that holds the size of a transfer, or the number of its parts.
std::optional<std::uint8_t> size_argument(std::int32_t number) {
  switch (number) {
  case SYS_getrandom:
    return 1;
  case SYS_read:
  case SYS_write:
  case SYS_pread64:
  case SYS_pwrite64:
  case SYS_sendto:
  case SYS_recvfrom:
  case SYS_getdents64:
  case SYS_getdents:
    return 2;
  case SYS_sendfile:
    return 3;
  case SYS_copy_file_range:
  case SYS_splice:
    return 4;
  default:
    return std::nullopt;
  }
}

unsigned long long& argument_register(user_regs_struct& registers, std::uint8_t argument) {
  switch (argument) {
  case 0:
    return registers.rdi;
  case 1:
    return registers.rsi;
  case 2:
    return registers.rdx;
  case 3:
    return registers.r10;
  case 4:
    return registers.r8;
  default:
    return registers.r9;
  }
}

} // namespace

Result<FaultPlan> FaultPlan::make(std::span<const Fault> faults, std::span<const Phase> phases) {
  FaultPlan plan;
  for (const Fault& fault : faults) {
    Planned planned{.fault = &fault, .calls = {}, .phase = {}, .seen = 0};
    for (const auto arch : {AuditArch::x86_64, AuditArch::i386}) {
      if (const auto id = find_syscall(fault.call, arch)) {
        planned.calls.push_back(*id);
      }
    }
    if (planned.calls.empty()) {
      return Error{fmt::format("fault: no system call is called '{}'", fault.call)};
    }
    if (fault.kind == Fault::Kind::error && !errno_number(fault.error)) {
      return Error{fmt::format("fault in {}: no error is called '{}'", fault.call, fault.error)};
    }
    if (!fault.phase.empty()) {
      const auto place = std::find_if(phases.begin(), phases.end(), [&](const Phase& phase) {
        return phase.name == fault.phase;
      });
      if (place == phases.end()) {
        return Error{fmt::format("fault in {}: no phase is called '{}'", fault.call, fault.phase)};
      }
      planned.phase = static_cast<PhaseIndex>(place - phases.begin());
    }
    plan.faults_.push_back(std::move(planned));
  }
  return plan;
}

const Fault* FaultPlan::at_entry(SyscallId call, PhaseIndex phase) {
  const Fault* due = nullptr;
  for (Planned& planned : faults_) {
    const bool here = !planned.phase || *planned.phase == phase;
    if (here &&
        std::find(planned.calls.begin(), planned.calls.end(), call) != planned.calls.end() &&
        ++planned.seen == planned.fault->nth) {
      due = planned.fault;
    }
  }
  return due;
}

bool fail_call(const StoppedTracee& tracee, int error) {
  auto registers = tracee.registers();
  if (!registers) {
    return false;
  }
  // No call has the number -1: the kernel skips it and leaves the result that is in rax.
  registers->orig_rax = ~0ULL;
  registers->rax = static_cast<unsigned long long>(-static_cast<long long>(error));
  return tracee.set_registers(*registers);
}

void answer_call(const StoppedTracee& tracee, int error) {
  if (auto registers = tracee.registers()) {
    registers->rax = static_cast<unsigned long long>(-static_cast<long long>(error));
    (void)tracee.set_registers(*registers);
  }
}

std::optional<ToRestore> shorten_call(const StoppedTracee& tracee, const SyscallInfo& info,
                                      std::uint64_t max_bytes) {
  const auto argument =
      info.call.arch == AuditArch::x86_64 ? size_argument(info.call.number) : std::nullopt;
  auto registers = tracee.registers();
  if (!argument || !registers || info.args[*argument] <= max_bytes) {
    return std::nullopt;
  }
  argument_register(*registers, *argument) = max_bytes;
  if (!tracee.set_registers(*registers)) {
    return std::nullopt;
  }
  return ToRestore{*argument, std::nullopt, info.args[*argument]};
}

std::optional<ToRestore> take_out_untraced(const StoppedTracee& tracee, const SyscallInfo& info) {
  if (info.call == SyscallId{AuditArch::x86_64, SYS_clone}) {
    auto registers = tracee.registers();
    if (!registers) {
      return std::nullopt;
    }
    registers->rdi &= ~std::uint64_t{CLONE_UNTRACED};
    return tracee.set_registers(*registers)
               ? std::optional(ToRestore{0, std::nullopt, info.args[0]})
               : std::nullopt;
  }
  if (info.call == SyscallId{AuditArch::x86_64, SYS_clone3}) { // the flags come first in memory
    std::uint64_t flags = 0;
    const auto bytes = std::as_writable_bytes(std::span(&flags, 1));
    if (read_memory(tracee.id(), info.args[0], bytes) != bytes.size()) {
      return std::nullopt;
    }
    const ToRestore before{0, info.args[0], flags};
    flags &= ~std::uint64_t{CLONE_UNTRACED};
    return write_memory(tracee.id(), info.args[0], bytes) ? std::optional(before) : std::nullopt;
  }
  return std::nullopt;
}

void restore(const StoppedTracee& tracee, const ToRestore& what) {
  if (what.at_address) {
    write_memory(tracee.id(), *what.at_address, std::as_bytes(std::span(&what.value, 1)));
  } else if (auto registers = tracee.registers()) {
    argument_register(*registers, what.argument) = what.value;
    tracee.set_registers(*registers);
  }
}

} // namespace harness::tracer
