// Protocol: the messages that a worker and the coordinator exchange over the standard input and
// output of the worker. Pure values and their framing; independent of processes and libFuzzer.
//
// A conversation begins with Setup → Hello. Then the coordinator sends commands, and the worker
// answers each of them with messages up to Idle:
//   Calibrate → Calibrated        Inputs, Freeze → (nothing, at once)
//   Explore, Draw → (Starting [Failure] Run)*          Replay → (Starting Replayed)*
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/pair.hpp"
#include "core/model/run_result.hpp"
#include "core/model/run_spec.hpp"
#include "core/model/trace_options.hpp"
#include "harness/engine/printed.hpp"
#include "tracer/kernel_memory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace harness::engine {

// ---- to the worker ------------------------------------------------------------------------------

/// Always first. `plan` is the plan's YAML text: what one process froze the other can read.
struct Setup {
  std::string plan;
  std::string directory; // of this worker's own, empty and writable; run directories go below
  std::string hidden;    // unmounted for targets; "" = none
  bool isolated = true;
  std::vector<FilterProgram> filters; // one a phase; for `verify`
  bool report_violations = false;
  /// Where calls are counted in the kernel; its descriptors are open in the worker.
  std::optional<tracer::KernelShare> kernel;
};

/// Resolve `auto` phases with these inputs (texts).
struct Calibrate {
  std::vector<std::string> inputs;
};

/// `only_faulted`: until now seen only where a fault was injected.
struct KnownPair {
  PairKey pair;
  bool only_faulted = false;
  friend auto operator<=>(const KnownPair&, const KnownPair&) = default;
};

/// Inputs to be run before anything else, and pairs that are no news any more.
struct Inputs {
  std::vector<std::string> texts;
  std::vector<KnownPair> known;
  std::vector<std::string> words; // for the dictionary
};

/// Search for `runs` runs, then wait again. The first one starts libFuzzer with `seed`.
struct Explore {
  std::uint64_t seed = 1;
  std::uint64_t runs = 0;
};

/// The frozen generator of a validation attempt.
struct Freeze {
  std::uint32_t attempt = 1;
  std::vector<std::string> texts;
  std::vector<std::string> words; // of the dictionary
  std::vector<std::string> calls; // that faults may hit
};

/// Draw the runs [from, to) of the attempt that was frozen last.
struct Draw {
  std::uint32_t attempt = 1;
  std::uint64_t seed = 1;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

/// Run one input `times` times and send all that each run showed.
struct Replay {
  std::uint64_t token = 0;
  std::string text;
  std::uint32_t times = 1;
  bool compare = false; // with other runs: what was printed, and every call's errno
};

/// End when nothing is left to do.
struct Stop {};

using Command = std::variant<Setup, Calibrate, Inputs, Explore, Freeze, Draw, Replay, Stop>;

// ---- from the worker ----------------------------------------------------------------------------

/// The worker is ready for commands.
struct Hello {
  std::uint32_t version = 1;
};

struct Calibrated {
  std::vector<std::pair<std::string, std::string>> phases; // name, trigger_text
  std::string error;                                       // not empty: it did not work
};

/// The input that is about to run. If the worker dies, it died of this input.
struct Starting {
  std::string text;
};

/// A pair in a run's line: its position in the list of all that this worker has defined so far.
struct PairSeen {
  std::uint32_t pair = 0;
  std::uint64_t calls = 0;
  bool only_faulted = false;
};

enum class Ending { ended, crashed, timed_out, limit, launch_failed, tracer_failed, interrupted };

/// What a run showed that its worker did not know.
struct Find {
  struct Pair {
    std::uint32_t pair = 0; // as PairSeen::pair
    std::vector<CodeLocation> backtrace;
  };
  std::vector<Pair> pairs;             // new to this worker; may be empty
  std::vector<std::uint32_t> features; // all of the run, as numbers that every worker shares
  std::vector<std::string> words;      // dictionary words learned since the last find
};

/// The line of one run.
struct Run {
  std::string input; // text
  enum class Origin { exploring, validating };
  Origin origin = Origin::exploring;
  std::uint32_t attempt = 0; // validating
  std::uint64_t index = 0;   // validating
  Ending ending = Ending::ended;
  std::vector<Incomplete> incomplete;
  std::vector<PhaseIndex> reached;
  std::vector<PairKey> defined; // appended to this worker's list
  std::vector<PairSeen> pairs;
  std::string bucket; // of the failure, "" = none
  std::uint64_t calls = 0;
  std::uint64_t stops = 0;
  Duration wall{};
  bool faulted = false;
  bool discovering = false; // known calls ran free: no row of the incidence matrix
  std::optional<Find> find;
};

/// The first failure of a bucket in this worker.
struct Failure {
  std::string input; // text
  std::string bucket;
  std::string what; // describe(end)
  Ending ending = Ending::crashed;
  std::vector<SyscallId> last_calls;
  std::string output_tail;
};

/// What was counted since the last Tally; sent before Idle.
struct Tally {
  std::vector<ArgumentClass> arguments;
  std::vector<ErrnoSeen> errnos;
};

struct Replayed {
  std::uint64_t token = 0;
  RunResult result;
  std::string output_tail;
  Printed printed; // where it is to be compared
};

/// The last command is done.
struct Idle {};

/// The worker cannot continue, because of `message`, and exits.
struct Broken {
  std::string message;
};

using Message =
    std::variant<Hello, Calibrated, Starting, Run, Failure, Tally, Replayed, Idle, Broken>;

// ---- bytes --------------------------------------------------------------------------------------

/// Length (4 bytes, little-endian), kind (1 byte), fields.
std::string encode(const Command& command);
std::string encode(const Message& message);

/// A frame's content without its length. Arbitrary bytes give a value or an Error.
Result<Command> decode_command(std::string_view frame);
Result<Message> decode_message(std::string_view frame);

/// Longest frame that either side accepts.
constexpr std::size_t max_frame_bytes = std::size_t{64} << 20;

/// Cuts a stream of bytes into frames.
class FrameReader {
public:
  void feed(std::string_view bytes) { pending_.append(bytes); }
  /// The next whole frame, nothing if more bytes are needed, an Error if no frame begins here.
  Result<std::optional<std::string>> next();

private:
  std::string pending_;
  std::size_t used_ = 0;
};

} // namespace harness::engine
