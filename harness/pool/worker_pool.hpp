// WorkerPool: the workers of a campaign, kept alive. Starts them, sets them up, passes on what they
// say, and puts a fresh one in the slot of one that died. Decides nothing about the search.
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
  std::string host_directory; // of this worker, removed when it is gone; "" = in its sandbox
};

using WorkerNumber = std::uint32_t;

/// What a worker pool reports. `worker` counts from 0; its process may be another one after `died`.
class WorkerPoolObserver {
public:
  virtual ~WorkerPoolObserver() = default;
  /// A new process of this slot is set up.
  virtual void began(WorkerNumber worker) = 0;
  /// It waits for a command. It is asked again only after it did one that is answered with Idle.
  virtual void idle(WorkerNumber worker) = 0;
  virtual void said(WorkerNumber worker, engine::Message message) = 0;
  /// It died while `input` was running (its text), or before it ran any. Another one is started.
  virtual void died(WorkerNumber worker, const std::optional<std::string>& input,
                    const std::string& why) = 0;
};

class WorkerPool {
public:
  struct Options {
    std::uint32_t workers = 1;
    std::function<Launch(WorkerNumber)> launch;
    std::string log; // what workers write to standard error
  };

  WorkerPool(boost::asio::io_context& context, Options options);
  ~WorkerPool(); // ends all
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// From now on `listener` hears everything; starts the workers if there are none, else announces
  /// those that wait. Throws std::runtime_error where none can be started, then or later (three
  /// times in a row without a sign of life).
  void serve(WorkerPoolObserver& listener);
  /// Ends this one, with whatever it runs, and starts a fresh one; nobody hears of its death.
  void replace(WorkerNumber worker);
  /// Kills all, with whatever they run.
  void dismiss();

  std::uint32_t size() const { return options_.workers; }
  void send(WorkerNumber worker, const engine::Command& command);
  /// The input that the worker runs now; nothing if it waits.
  const std::optional<std::string>& running(WorkerNumber worker) const;
  std::uint64_t restarts() const { return restarts_; }
  pid_t pid(WorkerNumber worker) const;

private:
  struct WorkerSlot {
    std::unique_ptr<WorkerProcess> process;
    std::string host_directory;
    std::optional<std::string> input;
    std::string last_words; // of a Broken one
    bool waiting = false;
    int silent_deaths = 0; // in a row, before Hello
  };

  void start_one(WorkerNumber worker);
  void start_later(WorkerNumber worker);
  void on_message(WorkerNumber worker, engine::Message message);
  void on_loss(WorkerNumber worker, const std::string& why);
  void clean_up(WorkerSlot& slot);

  boost::asio::io_context& context_;
  Options options_;
  WorkerPoolObserver* listener_ = nullptr;
  std::vector<WorkerSlot> slots_;
  std::uint64_t restarts_ = 0;
  bool dismissed_ = true;
  /// Posted restarts look at this: the pool may be gone by then.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace harness::pool
