// Injection: makes a thread that is about to make a system call make others first. The thread then
// makes its own call again and sees nothing of it: no memory of its own is touched, its registers
// and signal mask are put back, and its signals wait meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/tracee.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace harness::tracer {

class Injection {
public:
  /// The calls that can be injected, each in the thread's own architecture.
  enum class Call { mmap, munmap, seccomp };
  using Arguments = std::array<std::uint64_t, 6>;

  /// At the entry stop of `own`: takes note of the thread's state and blocks its signals. Nothing
  /// if the thread vanished.
  static std::optional<Injection> begin(const StoppedTracee& tracee, const SyscallInfo& own);

  /// At that entry stop or at an injected call's exit stop: the thread makes `call` when it goes
  /// on. False if it vanished.
  bool make(const StoppedTracee& tracee, Call call, const Arguments& arguments);

  /// At an injected call's exit stop: the thread's own call is due again. False if it vanished.
  bool finish(const StoppedTracee& tracee) const;

  /// True if the thread's calls have 32-bit arguments and structures.
  bool is_i386() const { return arch_ == AuditArch::i386; }

private:
  user_regs_struct saved_{};
  std::uint64_t saved_mask_ = 0;
  AuditArch arch_ = AuditArch::x86_64;
  bool at_entry_ = true; // of the thread's own call, which the first injected one replaces
};

/// The number of an injected call; `arch` is x86_64 or i386.
int injected_number(Injection::Call call, AuditArch arch);

/// Copies into the memory of process `id`, read-only memory included; false if not all of it could
/// be written.
bool write_memory(pid_t id, std::uint64_t address, std::span<const std::byte> from);

} // namespace harness::tracer
