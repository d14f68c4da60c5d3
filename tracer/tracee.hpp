// StoppedTracee and RunningTracee: a thread under ptrace, as tokens. Only a stopped one has ptrace
// operations; going on consumes it. A tracee may be killed at any moment, so a vanished one (ESRCH)
// is an outcome of every operation, never an error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/syscall_id.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>
#include <sys/user.h>
#include <utility>

namespace harness::tracer {

/// One system call at its entry or exit.
struct SyscallInfo {
  enum class Point { none, entry, exit };
  Point point = Point::none;
  SyscallId call;                      // at entry
  std::array<std::uint64_t, 6> args{}; // at entry
  std::int64_t value = 0;              // at exit: the result, a negated errno if `failed`
  bool failed = false;
  std::uint64_t instruction_pointer = 0;
  std::uint64_t stack_pointer = 0;
};

/// Whether the tracee still existed when it was to go on.
enum class Resumed { running, vanished };

class [[nodiscard]] RunningTracee {
public:
  RunningTracee(pid_t id, Resumed state) : id_(id), state_(state) {}
  RunningTracee(RunningTracee&&) = default;
  RunningTracee& operator=(RunningTracee&&) = default;
  RunningTracee(const RunningTracee&) = delete;
  RunningTracee& operator=(const RunningTracee&) = delete;
  ~RunningTracee() = default;

  pid_t id() const { return id_; }
  bool vanished() const { return state_ == Resumed::vanished; }

private:
  pid_t id_;
  Resumed state_;
};

/// How a tracee goes on: to the next event, or to the next entry or exit of a system call as well.
enum class Until { event, syscall };

class [[nodiscard]] StoppedTracee {
public:
  explicit StoppedTracee(pid_t id) : id_(id) {}
  StoppedTracee(StoppedTracee&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  StoppedTracee& operator=(StoppedTracee&& other) noexcept {
    id_ = std::exchange(other.id_, -1);
    return *this;
  }
  StoppedTracee(const StoppedTracee&) = delete;
  StoppedTracee& operator=(const StoppedTracee&) = delete;
  ~StoppedTracee() = default;

  pid_t id() const { return id_; }

  // ---- looking; nothing if the tracee vanished --------------------------------------------------
  std::optional<SyscallInfo> syscall_info() const;
  std::optional<std::uint64_t> message() const;
  std::optional<user_regs_struct> registers() const;
  /// The sender of the signal about to be delivered: si_code and si_pid.
  struct Sender {
    int code = 0;
    pid_t pid = 0;
  };
  std::optional<Sender> signal_sender() const;
  /// Whether its present stop is that of a successful exec, whatever has been reported of it.
  bool stopped_at_exec() const;

  // ---- changing; false if the tracee vanished ---------------------------------------------------
  bool set_registers(const user_regs_struct& registers) const;

  // ---- going on ---------------------------------------------------------------------------------
  RunningTracee resume(Until until, int signal = 0) &&;
  /// Stays in its group-stop but reports SIGCONT and interrupts.
  RunningTracee listen() &&;
  /// Leaves the trace for good.
  RunningTracee detach(int signal = 0) &&;

private:
  RunningTracee go_on(int request, int signal);
  pid_t id_;
};

/// Copies from the memory of process `id`; returns the bytes read, up to the first page that is not
/// there.
std::size_t read_memory(pid_t id, std::uint64_t address, std::span<std::byte> into);

/// The NUL-terminated text at `address`, cut at `limit` bytes; nothing if it can't be read.
std::optional<std::string> read_text(pid_t id, std::uint64_t address, std::size_t limit);

} // namespace harness::tracer
