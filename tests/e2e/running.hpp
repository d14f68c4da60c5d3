// A program that runs beside a test: its output is read line by line, signals are sent to it, and
// its end is waited for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"

#include <chrono>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace harness::test {

class Running {
public:
  /// Standard output and error come through one pipe. The program gets its own process group.
  explicit Running(const std::vector<std::string>& words, const std::string& directory = "");
  ~Running(); // kills it, if it still runs
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// Reads until `text` has appeared; false if the output ended before.
  bool wait_for(const std::string& text);
  void send(int signal) const;
  void send_group(int signal) const;
  /// Reads all that is left and waits: exit status, or 128 + signal.
  int finish();
  const std::string& output() const { return output_; }
  pid_t pid() const { return pid_; }

private:
  bool read_more();

  pid_t pid_ = -1;
  Fd pipe_;
  std::string output_;
};

/// Processes whose command line contains `text`, as /proc lists them now.
std::vector<pid_t> processes_with(const std::string& text);

/// True once `gone()` is; waits some seconds for it: the kernel takes a while to end a tree.
template <typename Gone> bool eventually(Gone gone) {
  for (int i = 0; i < 400; ++i) {
    if (gone()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return false;
}

} // namespace harness::test
