// Injection: makes a thread that is about to make a system call make another one first. The thread
// then makes its own call again and sees nothing of it.
#pragma once

#include "tracer/tracee.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace harness::tracer {

class Injection {
public:
  /// What the injected call is given: `block` is put into the caller's memory below its red zone
  /// and its address into the argument `block_argument`.
  struct Call {
    long number = 0;
    std::array<std::uint64_t, 6> args{};
    std::vector<std::byte> block;
    std::uint8_t block_argument = 0; // receives the block's address
  };

  /// At an entry stop whose call is `own`. Nothing if the thread can't do it here (foreign
  /// architecture, no room): try at its next call.
  static std::optional<Injection> begin(const StoppedTracee& tracee, const SyscallInfo& own,
                                        const Call& call);

  /// Where `block` would lie for this thread.
  static std::uint64_t block_address(const SyscallInfo& own, std::size_t size);

  /// At the injected call's exit stop: its answer (a value or a negated errno); the thread's own
  /// call is due again. Nothing if the thread vanished.
  std::optional<std::int64_t> finish(const StoppedTracee& tracee, const SyscallInfo& exit) const;

private:
  user_regs_struct saved_{};
  std::uint64_t address_ = 0;
  std::vector<std::byte> overwritten_;
};

/// Copies into the memory of process `id`; false if not all of it could be written.
bool write_memory(pid_t id, std::uint64_t address, std::span<const std::byte> from);

} // namespace harness::tracer
