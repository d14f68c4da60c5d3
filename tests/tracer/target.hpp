// What the tracer's tests share: a RunSpec for a command, its captured output, its set of calls.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "tracer/tracer.hpp"

#include <map>
#include <string>
#include <vector>

namespace harness::test {

/// A run of `words` with its output captured in files of its own.
class Target {
public:
  explicit Target(std::vector<std::string> words);
  /// May be changed before `run`.
  RunSpec spec;
  TraceOptions options;
  RunResult run();
  RunResult run(tracer::StopFlag& stop);
  /// What the target wrote to both streams.
  std::string output() const;

private:
  Fd input_;
  Fd output_;
};

/// What can be seen of a program from outside.
struct Shown {
  int status = 0; // exit status, or 128 + signal
  bool core_dumped = false;
  std::string output; // of both streams
  friend bool operator==(const Shown&, const Shown&) = default;
};

/// A run of `words` without a tracer, with the streams and environment that a Target has.
Shown run_untraced(const std::vector<std::string>& words);

/// Call name → count over all phases and executables, by number: "257" or "i386:5".
std::map<std::string, std::uint64_t> counts(const RunResult& result);
/// As counts(), of one phase.
std::map<std::string, std::uint64_t> counts_in(const RunResult& result, PhaseIndex phase);

/// The exit status, or -1 if the run ended otherwise.
int exit_status(const RunResult& result);

/// A word that no other process has on its command line: give it to a target, and look for it
/// after.
std::string marker();

/// Processes on this machine whose command line holds `text`; for "nothing is left behind".
std::vector<int> processes_with(const std::string& text);

} // namespace harness::test
