// Input: one complete test case. Pure value with a text form that a person can read and edit; seeds
// in corpora/ and every corpus entry are such texts. docs/user/inputs.md describes the text form.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harness {

/// A change to the plan's base environment; no value: the name is taken out.
struct EnvironmentChange {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const EnvironmentChange&, const EnvironmentChange&) = default;
};

/// Where the target's standard input comes from. `bytes` feed file, pipe and terminal; for a
/// terminal they are typed keys (^C is \x03, ^D \x04, ^Z \x1a).
struct StandardInput {
  enum class Kind { null, closed, file, pipe, terminal };
  Kind kind = Kind::null;
  std::string bytes;
  friend bool operator==(const StandardInput&, const StandardInput&) = default;
};

/// Where standard output or error goes. `full` is /dev/full; `closed_pipe` has no reader.
enum class OutputKind { capture, null, closed, full, pipe, closed_pipe, terminal };

/// The pseudo-terminal, where one of the streams is `terminal`.
struct Terminal {
  std::uint16_t columns = 80;
  std::uint16_t rows = 24;
  bool hang_up = false; // the master side closes once the keys are typed
  friend bool operator==(const Terminal&, const Terminal&) = default;
};

/// One node of the file tree below the run's working directory. Which fields count follows from
/// `kind`; the others keep their defaults.
struct FileNode {
  enum class Kind { file, directory, symlink, hard_link, fifo, socket, device, file_system };
  Kind kind = Kind::file;
  std::string path;                  // relative, no "..", may hold any byte but NUL
  std::string content;               // file
  std::uint64_t size_bytes = 0;      // file: sparse up to this size; file_system: its size
  std::string target;                // symlink, hard_link
  std::optional<std::uint32_t> mode; // permission bits, 07777 at most
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  std::optional<std::int64_t> mtime_s; // seconds since the epoch
  std::uint32_t entries = 0;           // directory: that many empty files in it
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
  bool read_only = false;                                      // file_system
  std::vector<std::pair<std::string, std::string>> attributes; // extended: name, value
  friend bool operator==(const FileNode&, const FileNode&) = default;
};

/// One step of a script. A workload says what `command` means for its protocol (an SQL line, a RESP
/// array, a text line); the other kinds mean the same everywhere.
struct Step {
  enum class Kind { connect, command, send, receive, half_close, reset, close, pause, marker };
  Kind kind = Kind::command;
  std::uint16_t client = 0; // several clients may be open at a time
  std::vector<std::string>
      words; // command: its words; send: bytes; connect: "tcp" or "unix"; marker: name
  std::uint32_t milliseconds = 0; // pause: at most 1000
  friend bool operator==(const Step&, const Step&) = default;
};

/// A point of progress: after the `calls`-th call of the target's main process in phase `phase`
/// (empty: since launch).
struct ProgressPoint {
  std::string phase;
  std::uint64_t calls = 0;
  friend bool operator==(const ProgressPoint&, const ProgressPoint&) = default;
};

/// A signal sent from outside at a point of progress.
struct SignalEvent {
  enum class To { main, child, group };
  std::string signal; // "SIGTERM"
  ProgressPoint at;
  To to = To::main;
  friend bool operator==(const SignalEvent&, const SignalEvent&) = default;
};

/// The `nth` call of `call` (in phase `phase`, empty: any) fails, returns short, or comes late.
struct Fault {
  enum class Kind { error, short_count, delay };
  std::string call;
  std::uint32_t nth = 1;
  std::string phase;
  Kind kind = Kind::error;
  std::string error;              // error: "ENOSPC"
  std::uint64_t count = 0;        // short_count: bytes transferred at most
  std::uint32_t milliseconds = 0; // delay: at most 1000
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// setrlimit before the target starts; soft and hard limit alike.
struct ResourceLimit {
  std::string name; // "nofile", "stack", "fsize", "nproc", "as", "core", "cpu", "data"
  std::uint64_t value = 0;
  friend bool operator==(const ResourceLimit&, const ResourceLimit&) = default;
};

/// Who the target is, where it is out of the ordinary.
struct Identity {
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  std::vector<std::string>
      capabilities; // "CAP_CHOWN"; only with uid 0, only those isolation allows
  std::optional<std::uint32_t> umask;
  std::string directory; // working directory below the run's; "deleted" and "unreadable" by name
  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Input {
  std::vector<std::string> arguments; // argv[1] onwards
  std::vector<EnvironmentChange> environment;
  StandardInput standard_input;
  OutputKind standard_output = OutputKind::capture;
  OutputKind standard_error = OutputKind::capture;
  Terminal terminal;
  std::vector<FileNode> files;
  std::vector<std::vector<std::string>> configuration; // one configuration line each, in words
  std::vector<Step> script;
  std::vector<SignalEvent> signals;
  std::vector<Fault> faults;
  std::vector<ResourceLimit> limits;
  Identity identity;
  std::vector<std::string> sidecars; // names that the plan explains
  friend bool operator==(const Input&, const Input&) = default;
};

/// Largest text form that parse_input accepts.
constexpr std::size_t max_input_bytes = std::size_t{1} << 20;

/// The text form; parse_input(serialize_input(x)) == x for every x that obeys the comments above.
std::string serialize_input(const Input& input);

/// Arbitrary bytes give an Input or an Error ("line 3: …"), never more than max_input_bytes of
/// work.
Result<Input> parse_input(std::string_view text);

/// Name of an input: the first 16 hexadecimal digits of the SHA-256 of its text form.
std::string input_hash(std::string_view text);

} // namespace harness
