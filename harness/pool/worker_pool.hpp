// WorkerPool: the worker processes of a campaign. It starts them, sets them up, forwards their
// messages, and replaces a worker that died. It makes no decisions about the search.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/pool/worker_process.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace harness::pool {

/// How to start the worker of a slot: its command line and the first message to it.
struct Launch {
  std::vector<std::string> command;
  engine::Setup setup;
  std::string host_directory;   // of this worker, removed when it is gone; "" = in its sandbox
  std::vector<int> descriptors; // that stay open in the worker, under the same numbers
};

using WorkerNumber = std::uint32_t;

/// What a worker pool reports. `worker` counts from 0; its process may be another one after `died`.
class WorkerPoolObserver {
public:
  virtual ~WorkerPoolObserver() = default;
  /// A new process of this slot is set up.
  virtual void began(WorkerNumber worker) = 0;
  /// The worker waits for a command. Called again only after a command that is answered with Idle.
  virtual void idle(WorkerNumber worker) = 0;
  virtual void on_message(WorkerNumber worker, engine::Message message) = 0;
  /// The worker died while `input` (its text) was running, or before any run. A new one is started.
  virtual void died(WorkerNumber worker, const std::optional<std::string>& input,
                    const std::string& why) = 0;
};

class WorkerPool {
public:
  struct Options {
    std::uint32_t workers = 1;
    std::function<Launch(WorkerNumber)> launch;
    std::string log; // what workers write to standard error
    /// A worker that runs an input and sends nothing for this long is ended and replaced: its own
    /// limits can't help if a target makes the worker itself hang.
    std::chrono::milliseconds max_silence = std::chrono::minutes(10);
  };

  WorkerPool(boost::asio::io_context& context, Options options);
  ~WorkerPool(); // ends all
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// From now on `listener` receives all events. Starts the workers if there are none, else reports
  /// idle for those that wait. Throws std::runtime_error if a worker cannot be started, now or
  /// later (three times in a row without a Hello).
  void serve(WorkerPoolObserver& listener);
  /// Kills this worker, with whatever it runs, and starts a new one. Its death is not reported.
  void replace(WorkerNumber worker);
  /// Kills all workers, with whatever they run.
  void dismiss();

  std::uint32_t size() const { return options_.workers; }
  void send(WorkerNumber worker, const engine::Command& command);
  std::uint64_t restarts() const { return restarts_; }
  pid_t pid(WorkerNumber worker) const;

private:
  struct WorkerSlot {
    std::unique_ptr<WorkerProcess> process;
    std::string host_directory;
    std::optional<std::string> input; // that it runs now
    std::chrono::steady_clock::time_point last_message;
    std::string last_words; // of a Broken one, or why we killed it
    bool waiting = false;
    int silent_deaths = 0; // in a row, before Hello
  };

  void start_one(WorkerNumber worker);
  void start_later(WorkerNumber worker);
  void on_message(WorkerNumber worker, engine::Message message);
  void on_loss(WorkerNumber worker, const std::string& why);
  void clean_up(WorkerSlot& slot);
  void watch_silence();
  void end_silent_workers();

  struct Timer; // keeps Boost.Asio out of this header

  boost::asio::io_context& context_;
  std::unique_ptr<Timer> timer_;
  Options options_;
  WorkerPoolObserver* listener_ = nullptr;
  std::vector<WorkerSlot> slots_;
  std::uint64_t restarts_ = 0;
  bool dismissed_ = true;
  /// Posted restarts test this, because the pool may be destroyed before they run.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace harness::pool
