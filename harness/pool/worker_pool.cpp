// SPDX-License-Identifier: Apache-2.0
#include "harness/pool/worker_pool.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>

namespace harness::pool {

namespace {
constexpr int max_silent_deaths = 3;
constexpr std::chrono::milliseconds max_watch_period = std::chrono::seconds(5);

std::string end_of_log(const std::string& path) {
  const auto text = read_file(path);
  if (!text || text->empty()) {
    return "";
  }
  constexpr std::size_t shown = 600;
  return "\n  " +
         printable(std::string_view(*text).substr(text->size() > shown ? text->size() - shown : 0));
}
} // namespace

struct WorkerPool::Timer {
  explicit Timer(boost::asio::io_context& context) : timer(context) {}
  boost::asio::steady_timer timer;
};

WorkerPool::WorkerPool(boost::asio::io_context& context, Options options)
    : context_(context), timer_(std::make_unique<Timer>(context)), options_(std::move(options)),
      slots_(options_.workers) {}

WorkerPool::~WorkerPool() {
  *alive_ = false;
  dismiss();
}

void WorkerPool::serve(WorkerPoolObserver& listener) {
  listener_ = &listener;
  const bool begin = std::exchange(dismissed_, false);
  if (begin) {
    watch_silence();
  }
  for (WorkerNumber worker = 0; worker < slots_.size(); ++worker) {
    if (begin) {
      start_one(worker);
    } else if (slots_[worker].waiting) {
      listener.began(worker);
      listener.idle(worker);
    }
  }
}

void WorkerPool::start_one(WorkerNumber worker) {
  Launch launch = options_.launch(worker);
  WorkerSlot& slot = slots_[worker];
  slot.host_directory = launch.host_directory;
  slot.input.reset();
  slot.waiting = false;
  slot.last_words.clear();
  slot.last_message = std::chrono::steady_clock::now();
  auto process = WorkerProcess::start(
      context_,
      {.command = std::move(launch.command),
       .log = options_.log,
       .descriptors = std::move(launch.descriptors)},
      {.message = [this,
                   worker](engine::Message message) { on_message(worker, std::move(message)); },
       .gone = [this, worker](const std::string& why) { on_loss(worker, why); }});
  if (!process) {
    throw std::runtime_error("cannot start a worker: " + process.error().message);
  }
  slot.process = std::move(*process);
  slot.process->send(launch.setup);
}

void WorkerPool::on_message(WorkerNumber worker, engine::Message message) {
  WorkerSlot& slot = slots_[worker];
  slot.last_message = std::chrono::steady_clock::now();
  if (std::holds_alternative<engine::Hello>(message)) {
    slot.silent_deaths = 0;
    slot.waiting = true;
    listener_->began(worker);
    listener_->idle(worker);
    return;
  }
  if (std::holds_alternative<engine::Idle>(message)) {
    slot.input.reset();
    slot.waiting = true;
    listener_->idle(worker);
    return;
  }
  if (auto* starting = std::get_if<engine::Starting>(&message)) {
    slot.input = std::move(starting->text);
    return;
  }
  if (const auto* broken = std::get_if<engine::Broken>(&message)) {
    slot.last_words = broken->message;
    return;
  }
  listener_->on_message(worker, std::move(message));
}

void WorkerPool::on_loss(WorkerNumber worker, const std::string& why) {
  WorkerSlot& slot = slots_[worker];
  const std::string reason = slot.last_words.empty() ? why : slot.last_words;
  const auto input = std::exchange(slot.input, std::nullopt);
  slot.waiting = false;
  if (++slot.silent_deaths >= max_silent_deaths) {
    throw std::runtime_error(
        fmt::format("worker {} ended {} times in a row before its first run: {}{}", worker + 1,
                    max_silent_deaths, reason, end_of_log(options_.log)));
  }
  listener_->died(worker, input, reason);
  ++restarts_;
  start_later(worker);
}

void WorkerPool::replace(WorkerNumber worker) {
  slots_[worker].waiting = false;
  start_later(worker);
}

void WorkerPool::start_later(WorkerNumber worker) {
  // Posted, because a process must not be destroyed within its own callback.
  boost::asio::post(context_, [this, worker, alive = alive_] {
    if (*alive && !dismissed_) {
      clean_up(slots_[worker]);
      start_one(worker);
    }
  });
}

void WorkerPool::clean_up(WorkerSlot& slot) {
  slot.process.reset();
  if (!slot.host_directory.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(slot.host_directory, ignored);
  }
}

void WorkerPool::watch_silence() {
  timer_->timer.expires_after(std::min(options_.max_silence / 4, max_watch_period));
  timer_->timer.async_wait([this, alive = alive_](const boost::system::error_code& canceled) {
    if (!canceled && *alive && !dismissed_) {
      end_silent_workers();
      watch_silence();
    }
  });
}

void WorkerPool::end_silent_workers() {
  const auto now = std::chrono::steady_clock::now();
  for (auto& slot : slots_) {
    // What names no input (a calibration) is many runs long.
    const auto patience = slot.input ? options_.max_silence : 8 * options_.max_silence;
    if (slot.process && !slot.waiting && now - slot.last_message > patience) {
      slot.last_message = now;
      slot.last_words =
          fmt::format("it sent nothing for {} s and was killed",
                      std::chrono::duration_cast<std::chrono::seconds>(patience).count());
      slot.process->kill(); // its end is noticed like any other
    }
  }
}

void WorkerPool::dismiss() {
  dismissed_ = true;
  timer_->timer.cancel();
  for (auto& slot : slots_) {
    if (slot.process) {
      slot.process->kill(); // all at once, so that the waits below overlap
    }
  }
  for (auto& slot : slots_) {
    clean_up(slot);
    slot.waiting = false;
    slot.input.reset();
  }
}

void WorkerPool::send(WorkerNumber worker, const engine::Command& command) {
  WorkerSlot& slot = slots_[worker];
  if (slot.process) {
    // These two commands are finished at once and not answered.
    const bool silent = std::holds_alternative<engine::Inputs>(command) ||
                        std::holds_alternative<engine::Freeze>(command);
    slot.waiting = slot.waiting && silent;
    slot.process->send(command);
  }
}

pid_t WorkerPool::pid(WorkerNumber worker) const {
  return slots_[worker].process ? slots_[worker].process->pid() : -1;
}

} // namespace harness::pool
