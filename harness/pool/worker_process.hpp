// WorkerProcess: a running worker, seen from the coordinator: commands go in, messages come out,
// and at some time it is gone. The only class that uses Boost.Process. Single-threaded: everything
// happens in the thread of the io_context, which must be the thread that starts the process,
// because a sandbox ends with the thread that started it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/protocol.hpp"

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace harness::pool {

class WorkerProcess {
public:
  struct Options {
    std::vector<std::string> command;  // [0] is an absolute path
    std::string log;                   // file that its standard error is appended to
    std::vector<int> descriptors = {}; // that stay open in it, under the same numbers
  };
  /// Neither may destroy the WorkerProcess; `gone` is called once, with the reason, and last.
  struct Listener {
    std::function<void(engine::Message)> message;
    std::function<void(std::string)> gone;
  };

  static Result<std::unique_ptr<WorkerProcess>> start(boost::asio::io_context& context,
                                                      const Options& options, Listener listener);
  ~WorkerProcess(); // kills it

  void send(const engine::Command& command);
  /// Kills the worker and everything that it runs. `gone` follows.
  void kill();
  pid_t pid() const;

private:
  struct Impl;
  explicit WorkerProcess(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_; // shared with pending operations
};

} // namespace harness::pool
