// What the tests share: running a command, a directory of one's own, where the build put things.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace harness::test {

struct Command {
  std::vector<std::string> words;       // [0] is looked up in PATH
  std::string input;                    // fed to standard input
  std::string directory;                // working directory; "" = unchanged
  std::vector<std::string> environment; // added to ours: "NAME=value"
};

struct Outcome {
  int status = -1; // exit status, or 128 + signal
  std::string output;
  std::string error;
};

/// Runs the command to its end.
Outcome run(const Command& command);

/// A fresh directory, removed at the end of the test unless an exception or failure is in flight.
class TemporaryDirectory {
public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

/// The built fixture program of this name (tests/fixtures/NAME.c).
std::string fixture(const std::string& name);
/// The built `harness`.
std::string harness_binary();
/// The root of the source tree.
std::string source_root();

/// True if `program` can be found; else prints why the calling test is skipped.
bool available(const std::string& program, const std::string& package);

/// True if any user may execute `program`; else (it lies below a private directory) prints why the
/// calling test is skipped.
bool open_to_all(const std::string& program);

/// True if this machine runs `int 0x80`; else prints why the calling test is skipped.
bool can_interrupt_0x80();

/// Seed of a property test: HARNESS_TEST_SEED or a random one; printed, so that a failure repeats.
unsigned long long property_seed(const char* test);

} // namespace harness::test
