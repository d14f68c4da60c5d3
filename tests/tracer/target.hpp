// What the tracer's tests share: a RunSpec for a command, its captured output, its set of calls.
#pragma once

#include "harness/base/fd.hpp"
#include "tracer/tracer.hpp"

#include <map>
#include <string>
#include <vector>

namespace harness::test {

/// A run of `words` with its output captured in files of its own.
class Target {
public:
  explicit Target(std::vector<std::string> words);
  /// Changes the spec before `run`.
  RunSpec spec;
  RunResult run();
  RunResult run(tracer::StopFlag& stop);
  /// What the target wrote to both streams.
  std::string output() const;

private:
  Fd input_;
  Fd output_;
};

/// Call name → count over all phases and executables, by number: "257" or "i386:5".
std::map<std::string, std::uint64_t> counts(const RunResult& result);
/// As counts(), of one phase.
std::map<std::string, std::uint64_t> counts_in(const RunResult& result, PhaseIndex phase);

/// The exit status, or -1 if the run ended otherwise.
int exit_status(const RunResult& result);

/// Processes on this machine whose command line holds `text`; for "nothing is left behind".
std::vector<int> processes_with(const std::string& text);

} // namespace harness::test
