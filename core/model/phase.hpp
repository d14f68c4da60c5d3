// Phase and Trigger: a named stretch of a process's life and the event that begins it. Pure values.
// Phases are ordered, entered forwards and once; threads share the phase of their process, a forked
// child inherits it and moves on by itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace harness {

/// Position in the list of phases; 0 begins at launch.
using PhaseIndex = std::uint16_t;

/// The first instruction of the target: the trigger of phase 0.
struct LaunchTrigger {
  friend bool operator==(const LaunchTrigger&, const LaunchTrigger&) = default;
};
/// Code at `name` + `offset_bytes`, in the executable or, if given, in the loaded library whose
/// file name starts with `module`.
struct SymbolTrigger {
  std::string name;
  std::uint64_t offset_bytes = 0;
  std::string module;
  friend bool operator==(const SymbolTrigger&, const SymbolTrigger&) = default;
};
/// Code at an offset in the file (not a virtual address) of the executable or of `module`.
struct OffsetTrigger {
  std::uint64_t file_offset_bytes = 0;
  std::string module;
  friend bool operator==(const OffsetTrigger&, const OffsetTrigger&) = default;
};
/// The `nth` call of this name by the process; `entry` puts the call itself into the new phase.
struct CallTrigger {
  enum class On { entry, exit };
  std::string name;
  std::uint32_t nth = 1;
  On on = On::entry;
  friend bool operator==(const CallTrigger&, const CallTrigger&) = default;
};
struct SignalTrigger {
  std::string name; // "SIGUSR1"
  friend bool operator==(const SignalTrigger&, const SignalTrigger&) = default;
};
/// `text` written to standard output or error or, if given, to the file `path`.
struct OutputTrigger {
  std::string text;
  std::string path;
  friend bool operator==(const OutputTrigger&, const OutputTrigger&) = default;
};
struct TimeTrigger {
  Duration after{};
  friend bool operator==(const TimeTrigger&, const TimeTrigger&) = default;
};
/// A marker of this name, sent by the run's run_driver.
struct MarkerTrigger {
  std::string name;
  friend bool operator==(const MarkerTrigger&, const MarkerTrigger&) = default;
};
/// The process comes into being that way: by fork, as a process that starts a first thread, by exec
/// of a file with the name `executable` (empty: any).
struct SpawnTrigger {
  enum class By { fork, thread, exec };
  By by = By::fork;
  std::string executable;
  friend bool operator==(const SpawnTrigger&, const SpawnTrigger&) = default;
};
/// Found by calibration runs; never in a frozen plan. `point` is "load", "init", "main", "serving"
/// or empty for all of them.
struct AutoTrigger {
  std::string point;
  friend bool operator==(const AutoTrigger&, const AutoTrigger&) = default;
};

using Trigger =
    std::variant<LaunchTrigger, SymbolTrigger, OffsetTrigger, CallTrigger, SignalTrigger,
                 OutputTrigger, TimeTrigger, MarkerTrigger, SpawnTrigger, AutoTrigger>;

struct Phase {
  std::string name;
  Trigger trigger;
  friend bool operator==(const Phase&, const Phase&) = default;
};

/// The command-line form: `symbol:[MODULE!]NAME[+OFFSET]`, `offset:[MODULE!]0xN`,
/// `call:NAME[#N][@exit]`, `signal:NAME`, `output:TEXT`, `time:DURATION`, `marker:NAME`,
/// `spawn:fork|thread|exec[=FILE]`, `launch`, `auto[:POINT]`.
/// Errors say what was expected. parse_trigger(trigger_text(t)) == t.
Result<Trigger> parse_trigger(std::string_view text);
std::string trigger_text(const Trigger& trigger);

/// `[NAME=]TRIGGER` of `trace --phase`; the name defaults to the trigger's own text.
Result<Phase> parse_phase(std::string_view text);

/// True if reaching it needs to see output or write calls (such inputs run in `count`).
bool needs_output(const Trigger& trigger);

} // namespace harness
