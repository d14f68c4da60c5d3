// SPDX-License-Identifier: Apache-2.0
#include "tracer/tracee.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

namespace harness::tracer {

std::optional<SyscallInfo> StoppedTracee::syscall_info() const {
  __ptrace_syscall_info raw;
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, id_, sizeof raw, &raw) <= 0) {
    return std::nullopt;
  }
  SyscallInfo info;
  info.call.arch = static_cast<AuditArch>(raw.arch);
  info.instruction_pointer = raw.instruction_pointer;
  info.stack_pointer = raw.stack_pointer;
  switch (raw.op) {
  case PTRACE_SYSCALL_INFO_ENTRY:
  case PTRACE_SYSCALL_INFO_SECCOMP: // nr and args lie at the same place in both
    info.point = SyscallInfo::Point::entry;
    // The kernel widens the number; seccomp and we see the 32 bits that it decides on.
    info.call.number = static_cast<std::int32_t>(raw.entry.nr);
    std::copy(std::begin(raw.entry.args), std::end(raw.entry.args), info.args.begin());
    break;
  case PTRACE_SYSCALL_INFO_EXIT:
    info.point = SyscallInfo::Point::exit;
    info.value = raw.exit.rval;
    info.failed = raw.exit.is_error != 0;
    break;
  default:
    break;
  }
  return info;
}

std::optional<std::uint64_t> StoppedTracee::message() const {
  unsigned long value = 0;
  if (::ptrace(PTRACE_GETEVENTMSG, id_, nullptr, &value) != 0) {
    return std::nullopt;
  }
  return value;
}

std::optional<user_regs_struct> StoppedTracee::registers() const {
  user_regs_struct registers{};
  if (::ptrace(PTRACE_GETREGS, id_, nullptr, &registers) != 0) {
    return std::nullopt;
  }
  return registers;
}

bool StoppedTracee::set_registers(const user_regs_struct& registers) const {
  return ::ptrace(PTRACE_SETREGS, id_, nullptr, &registers) == 0;
}

std::optional<StoppedTracee::Sender> StoppedTracee::signal_sender() const {
  siginfo_t info;
  if (::ptrace(PTRACE_GETSIGINFO, id_, nullptr, &info) != 0) {
    return std::nullopt;
  }
  return Sender{info.si_code, info.si_pid};
}

bool StoppedTracee::stopped_at_exec() const {
  constexpr int exec_code = SIGTRAP | (PTRACE_EVENT_EXEC << 8);
  const auto sender = signal_sender();
  return sender && sender->code == exec_code;
}

RunningTracee StoppedTracee::go_on(int request, int signal) {
  const pid_t id = std::exchange(id_, -1);
  const long done =
      ::ptrace(static_cast<__ptrace_request>(request), id, nullptr, static_cast<long>(signal));
  return {id, done == 0 ? Resumed::running : Resumed::vanished};
}

RunningTracee StoppedTracee::resume(Until until, int signal) && {
  return go_on(until == Until::event ? PTRACE_CONT : PTRACE_SYSCALL, signal);
}

RunningTracee StoppedTracee::listen() && {
  return go_on(PTRACE_LISTEN, 0);
}

RunningTracee StoppedTracee::detach(int signal) && {
  return go_on(PTRACE_DETACH, signal);
}

std::size_t read_memory(pid_t id, std::uint64_t address, std::span<std::byte> into) {
  iovec local{into.data(), into.size()};
  iovec remote{reinterpret_cast<void*>(address), into.size()};
  const auto got = ::process_vm_readv(id, &local, 1, &remote, 1, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::optional<std::string> read_text(pid_t id, std::uint64_t address, std::size_t limit) {
  constexpr std::size_t page_bytes = 4096;
  std::string text;
  std::array<char, page_bytes> buffer;
  while (text.size() < limit) {
    // Never ask for more than the page at hand: the next one may not be there.
    const std::size_t room = page_bytes - (address & (page_bytes - 1));
    const std::size_t wanted = std::min({room, limit - text.size(), std::size_t{256}});
    const std::size_t got =
        read_memory(id, address, std::as_writable_bytes(std::span(buffer)).first(wanted));
    if (got == 0) {
      return std::nullopt;
    }
    const auto* end = static_cast<const char*>(std::memchr(buffer.data(), 0, got));
    if (end != nullptr) {
      text.append(static_cast<const char*>(buffer.data()), end);
      return text;
    }
    text.append(buffer.data(), got);
    address += got;
  }
  return text;
}

} // namespace harness::tracer
