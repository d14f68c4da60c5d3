#include "tracer/injection.hpp"

#include <sys/uio.h>

namespace harness::tracer {

namespace {

constexpr std::uint64_t red_zone_bytes = 128;
constexpr std::uint64_t instruction_bytes = 2; // of `syscall`
constexpr std::uint64_t vsyscall_page = 0xffffffffff600000ULL;

} // namespace

bool write_memory(pid_t id, std::uint64_t address, std::span<const std::byte> from) {
  iovec local{const_cast<std::byte*>(from.data()), from.size()};
  iovec remote{reinterpret_cast<void*>(address), from.size()};
  return ::process_vm_writev(id, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(from.size());
}

std::uint64_t Injection::block_address(const SyscallInfo& own, std::size_t size) {
  return (own.stack_pointer - red_zone_bytes - size) & ~std::uint64_t{15};
}

std::optional<Injection> Injection::begin(const StoppedTracee& tracee, const SyscallInfo& own,
                                          const Call& call) {
  if (own.call.arch != AuditArch::x86_64 || own.instruction_pointer >= vsyscall_page) {
    return std::nullopt;
  }
  const auto registers = tracee.registers();
  if (!registers) {
    return std::nullopt;
  }
  Injection injection;
  injection.saved_ = *registers;
  injection.address_ = block_address(own, call.block.size());
  injection.overwritten_.resize(call.block.size());
  if (read_memory(tracee.id(), injection.address_, injection.overwritten_) != call.block.size() ||
      !write_memory(tracee.id(), injection.address_, call.block)) {
    return std::nullopt;
  }
  auto args = call.args;
  if (!call.block.empty()) {
    args.at(call.block_argument) = injection.address_;
  }
  user_regs_struct changed = *registers;
  changed.orig_rax = static_cast<unsigned long long>(call.number);
  changed.rdi = args[0];
  changed.rsi = args[1];
  changed.rdx = args[2];
  changed.r10 = args[3];
  changed.r8 = args[4];
  changed.r9 = args[5];
  if (!tracee.set_registers(changed)) {
    return std::nullopt;
  }
  return injection;
}

std::optional<std::int64_t> Injection::finish(const StoppedTracee& tracee,
                                              const SyscallInfo& exit) const {
  write_memory(tracee.id(), address_, overwritten_);
  user_regs_struct again = saved_;
  again.rip -= instruction_bytes;
  again.rax = saved_.orig_rax;
  again.orig_rax = ~0ULL; // no restart logic of the kernel's
  return tracee.set_registers(again) ? std::optional(exit.value) : std::nullopt;
}

} // namespace harness::tracer
