// FilterInjection: makes a stopped thread install a seccomp filter. The program lies in a mapping
// of its own at a random address, which the target can only read: mmap(2), then the tracer writes
// the program, then seccomp(2), munmap(2), and the thread's own call again. FilterProtocol sees to
// it that no other thread makes a call meanwhile, so nobody can change the program.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/trace_options.hpp"
#include "tracer/injection.hpp"

#include <cstdint>
#include <optional>

namespace harness::tracer {

class FilterInjection {
public:
  struct Order {
    FilterProgram program;
    bool whole_process = false; // TSYNC
    bool unmap = true;          // false where the new filter refuses munmap: the pages stay
  };

  /// At the entry stop of `own`. Nothing if the thread vanished.
  static std::optional<FilterInjection> begin(const StoppedTracee& tracee, const SyscallInfo& own,
                                              Order order);

  /// At an exit stop. True once the thread's own call is due again, or the thread vanished.
  bool advance(const StoppedTracee& tracee, const SyscallInfo& exit);

  /// What seccomp(2) answered, or mmap(2) where that failed (a negated errno). Nothing if the
  /// thread vanished.
  std::optional<std::int64_t> answer() const { return answer_; }
  /// The call that failed, for a message.
  const char* failed_call() const { return mapped_ ? "seccomp" : "mmap"; }

private:
  enum class Step { map, install, unmap };

  FilterInjection(const Injection& injection, Order order)
      : injection_(injection), order_(std::move(order)) {}
  bool after_map(const StoppedTracee& tracee, const SyscallInfo& exit);
  bool after_install(const StoppedTracee& tracee, const SyscallInfo& exit);
  bool finish(const StoppedTracee& tracee);
  std::vector<std::byte> image() const;
  std::size_t size() const;

  Injection injection_;
  Order order_;
  Step step_ = Step::map;
  bool mapped_ = false;
  std::uint64_t address_ = 0;
  std::optional<std::int64_t> answer_;
};

} // namespace harness::tracer
