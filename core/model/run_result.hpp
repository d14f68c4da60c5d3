// RunResult: what one lifetime of the target showed. Pure value, produced by the tracer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/model/phase.hpp"
#include "core/model/syscall_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace harness {

// ---- how a run ended: four kinds of failure, four types -----------------------------------------

/// By itself. A status other than 0 is the target's business.
struct Exited {
  int status = 0;
  friend bool operator==(const Exited&, const Exited&) = default;
};
/// By a signal. `requested`: sent by the run driver or the input, so no failure.
struct Signaled {
  int signal = 0;
  bool core_dumped = false;
  bool requested = false;
  friend bool operator==(const Signaled&, const Signaled&) = default;
};
/// Ended by us at a limit of the spec.
struct LimitReached {
  enum class Limit { wall, output, memory, disk, processes };
  Limit limit = Limit::wall;
  friend bool operator==(const LimitReached&, const LimitReached&) = default;
};
/// The workload was done and the target did not end by itself within the grace: no failure.
struct Stopped {
  friend bool operator==(const Stopped&, const Stopped&) = default;
};
/// The target never ran its first instruction.
struct LaunchFailed {
  Error error;
  friend bool operator==(const LaunchFailed&, const LaunchFailed&) = default;
};
/// We failed.
struct TracerFailed {
  Error error;
  friend bool operator==(const TracerFailed&, const TracerFailed&) = default;
};
/// The user or the coordinator ended the run.
struct Interrupted {
  friend bool operator==(const Interrupted&, const Interrupted&) = default;
};
/// `detach_after_last_phase`: the target lives on without us.
struct Detached {
  friend bool operator==(const Detached&, const Detached&) = default;
};

using RunEnd = std::variant<Exited, Signaled, LimitReached, Stopped, LaunchFailed, TracerFailed,
                            Interrupted, Detached>;

/// Why the tracer could not see the run whole; such a run never counts towards convergence.
enum class Incomplete {
  untraced_clone,  // CLONE_UNTRACED
  own_tracer,      // the target traces a process of its own
  set_user_id,     // a set-uid exec lost its privileges, or us ours
  killed,          // ended by a limit or from outside
  lost_tracee,     // a tracee vanished without a report
  breakpoint_lost, // a phase point could not be armed or was overwritten
  observer_missed, // the in-kernel observer may have missed calls
};
std::string_view to_string(Incomplete reason);

// ---- what was seen ------------------------------------------------------------------------------

/// A place in code: a file and the offset in it, and the symbol if one is known.
struct CodeLocation {
  std::string module;
  std::uint64_t offset_bytes = 0;
  std::string symbol; // "NAME+0x10" or empty
  friend bool operator==(const CodeLocation&, const CodeLocation&) = default;
};

/// Calls of one kind in one phase by one executable.
struct Sighting {
  PhaseIndex phase = 0;
  SyscallId call;
  std::uint32_t executable = 0;        // index into RunResult::executables
  std::optional<std::uint64_t> calls;  // null: known in `discover`, ran free
  bool only_faulted = false;           // seen only after a fault was injected
  std::vector<CodeLocation> backtrace; // of the first one, innermost first; may be empty
};

/// Two calls that followed each other in one thread.
struct Edge {
  PhaseIndex phase = 0;
  SyscallId from;
  SyscallId to;
  std::uint64_t times = 0;
};

/// A class of arguments: which flags, family, command or operation a call was made with.
struct ArgumentClass {
  PhaseIndex phase = 0;
  SyscallId call;
  std::uint8_t argument = 0; // position, from 0
  std::uint64_t value = 0;   // normalized: the bits or the command that matter
  std::uint64_t times = 0;
  friend bool operator==(const ArgumentClass&, const ArgumentClass&) = default;
};

/// A call failed that way.
struct ErrnoSeen {
  PhaseIndex phase = 0;
  SyscallId call;
  int code = 0; // positive errno
  std::uint64_t times = 0;
};

/// A call that the phase's policy does not allow.
struct Violation {
  PhaseIndex phase = 0;
  SyscallId call;
  std::uint32_t process = 0; // index into RunResult::processes
  std::uint64_t times = 0;
};

struct ThreadRecord {
  pid_t id = 0;
  std::string name; // comm
  std::vector<Sighting> calls;
};

struct ProcessRecord {
  pid_t id = 0;
  std::optional<std::uint32_t> parent; // index into RunResult::processes
  std::uint32_t executable = 0;        // the last one that it ran
  std::string name;
  PhaseIndex phase = 0; // in which it ended
  std::optional<RunEnd> end;
  std::vector<ThreadRecord> threads;
};

/// A phase that was reached, by which process and after how many of its calls.
struct PhaseEntry {
  PhaseIndex phase = 0;
  std::uint32_t process = 0;
  std::uint64_t calls_before = 0;
  Duration after{};
};

struct RunResult {
  RunEnd end = Exited{};
  std::vector<Incomplete> incomplete; // sorted, no duplicates; empty: seen whole
  std::vector<std::string> executables;
  std::vector<Sighting> sightings;      // sorted by phase, call, executable
  std::vector<ProcessRecord> processes; // [0] is the launched one
  std::vector<PhaseEntry> entries;
  std::vector<Edge> edges;
  std::vector<ArgumentClass> arguments;
  std::vector<ErrnoSeen> errnos;
  std::vector<std::string> strings; // dictionary words, no duplicates, at most 4096
  std::vector<Violation> violations;
  std::vector<SyscallId> last_calls; // of the process that ended the run, oldest first, at most 16
  std::uint64_t calls = 0;           // all that were seen
  std::uint64_t stops = 0;           // ptrace stops taken; what the run cost
  Duration wall{};
  bool faulted = false;            // a fault of the input took effect
  bool observed_in_kernel = false; // calls were counted without stopping the target
};

/// True if the target failed by itself: a signal that nobody asked for.
bool crashed(const RunResult& result);
/// True if the run hit its wall-clock limit.
bool timed_out(const RunResult& result);
/// One line for a person: "exit status 2", "killed by SIGSEGV (core dumped)", "time-out".
std::string describe(const RunEnd& end);

} // namespace harness
