// KernelMemory: one tracer's share of the memory that the in-kernel observer writes
// (tracer/bpf/observe.h): begins and ends runs, finds the slots of new threads, takes counts out.
// Needs no privilege, only the descriptors of the maps; knows neither libbpf nor ptrace.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"
#include "core/model/run_result.hpp"
#include "tracer/call_table.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace harness::tracer {

/// What a tracer needs in order to use a loaded observer: the maps' descriptors, which of the
/// tracers it is, and the word by which the program in the kernel knows it. A plain value: the
/// coordinator of a campaign sends it to its workers with the descriptors.
struct KernelShare {
  static constexpr std::size_t map_count = 5;
  std::array<int, map_count> maps{}; // borrowed: workers, slots, tables, cells, used
  std::uint32_t worker = 0;
  std::uint64_t cookie = 0;
  bool errors = false; // returns are observed, too
};

/// What the program in the kernel is to gather besides counts.
struct KernelFeatures {
  bool edges = false;
  bool arguments = false;
  bool errors = false;
};

/// Everything that is counted for a run as a whole.
struct KernelTotals {
  std::vector<Edge> edges;
  std::vector<ArgumentClass> arguments;
  std::vector<ErrnoSeen> errnos;
};

/// A thread's place in that memory.
using KernelSlot = std::uint32_t;

class KernelMemory {
public:
  /// Maps this tracer's share. The descriptors may be closed after.
  static Result<std::unique_ptr<KernelMemory>> map(const KernelShare& share);
  ~KernelMemory();
  KernelMemory(const KernelMemory&) = delete;
  KernelMemory& operator=(const KernelMemory&) = delete;

  bool sees_errors() const { return share_.errors; }

  // ---- one run at a time ------------------------------------------------------------------------
  void begin_run(const KernelFeatures& features);
  /// Between these two, what this thread clones will be followed from its first exec on.
  void mark_launch() const;
  void unmark_launch() const;
  /// Nothing is counted any more; the memory is empty again.
  void end_run();
  /// Additions that found no room; the counts of a run with any are too low.
  std::uint64_t lost() const;

  // ---- threads, known by their ids in this tracer's PID namespace -------------------------------
  /// Of a thread that has just begun; nothing if the kernel follows it not. Each slot is found
  /// once.
  std::optional<KernelSlot> find(pid_t id);
  /// The slot of the thread's process.
  KernelSlot process_of(KernelSlot slot) const;
  void set_phase(KernelSlot process, PhaseIndex phase);
  void set_executable(KernelSlot process, std::uint32_t executable);
  /// Calls of the process so far, and the last of them: `last(process, n)` is call n, counted from
  /// 0, for the 16 before calls().
  std::uint64_t calls(KernelSlot process) const;
  SyscallId last(KernelSlot process, std::uint64_t n) const;
  /// The thread's last call, if it made one.
  std::optional<SyscallId> previous(KernelSlot slot) const;
  /// The first argument of the thread's next call had these flags before we took them out.
  void restore_flags(KernelSlot slot, std::uint32_t flags);
  /// The thread is to be counted otherwise from now on; it is stopped.
  void turn_off(KernelSlot slot);
  /// Moves the thread's counts into `counts`; the thread is stopped or gone.
  void take(KernelSlot slot, CallTable& counts);
  /// The thread, and if it was the first of its process that process, is gone.
  void release(KernelSlot slot);

  /// What full tables had no room for goes into the `counts` of its thread.
  KernelTotals totals();

private:
  struct Views;
  explicit KernelMemory(const KernelShare& share);
  void mark(bool on) const;
  void reset();
  KernelShare share_;
  std::unique_ptr<Views> views_;
};

} // namespace harness::tracer
