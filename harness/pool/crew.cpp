#include "harness/pool/crew.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>

namespace harness::pool {

namespace {
constexpr int most_silent_deaths = 3;

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

Crew::Crew(boost::asio::io_context& context, Options options)
    : context_(context), options_(std::move(options)), places_(options_.workers) {}

Crew::~Crew() {
  *alive_ = false;
  dismiss();
}

void Crew::serve(CrewListener& listener) {
  listener_ = &listener;
  const bool begin = std::exchange(dismissed_, false);
  for (WorkerNumber worker = 0; worker < places_.size(); ++worker) {
    if (begin) {
      start_one(worker);
    } else if (places_[worker].waiting) {
      listener.began(worker);
      listener.idle(worker);
    }
  }
}

void Crew::start_one(WorkerNumber worker) {
  Launch launch = options_.launch(worker);
  Place& place = places_[worker];
  place.host_directory = launch.host_directory;
  place.input.reset();
  place.waiting = false;
  place.last_words.clear();
  auto process = WorkerProcess::start(
      context_, {.command = std::move(launch.command), .log = options_.log},
      {.message = [this, worker](engine::Message message) { heard(worker, std::move(message)); },
       .gone = [this, worker](const std::string& why) { lost(worker, why); }});
  if (!process) {
    throw std::runtime_error("no worker: " + process.error().message);
  }
  place.process = std::move(*process);
  place.process->send(launch.setup);
}

void Crew::heard(WorkerNumber worker, engine::Message message) {
  Place& place = places_[worker];
  if (std::holds_alternative<engine::Hello>(message)) {
    place.silent_deaths = 0;
    place.waiting = true;
    listener_->began(worker);
    listener_->idle(worker);
    return;
  }
  if (std::holds_alternative<engine::Idle>(message)) {
    place.input.reset();
    place.waiting = true;
    listener_->idle(worker);
    return;
  }
  if (auto* starting = std::get_if<engine::Starting>(&message)) {
    place.input = std::move(starting->text);
    return;
  }
  if (const auto* broken = std::get_if<engine::Broken>(&message)) {
    place.last_words = broken->message;
    return;
  }
  listener_->said(worker, std::move(message));
}

void Crew::lost(WorkerNumber worker, const std::string& why) {
  Place& place = places_[worker];
  const std::string reason = place.last_words.empty() ? why : place.last_words;
  const auto input = std::exchange(place.input, std::nullopt);
  place.waiting = false;
  if (++place.silent_deaths >= most_silent_deaths) {
    throw std::runtime_error(
        fmt::format("worker {} ended {} times in a row before it ran anything: {}{}", worker + 1,
                    most_silent_deaths, reason, end_of_log(options_.log)));
  }
  listener_->died(worker, input, reason);
  ++restarts_;
  start_later(worker);
}

void Crew::replace(WorkerNumber worker) {
  places_[worker].waiting = false;
  start_later(worker);
}

void Crew::start_later(WorkerNumber worker) {
  // Not from within a callback of the process that is to go.
  boost::asio::post(context_, [this, worker, alive = alive_] {
    if (*alive && !dismissed_) {
      clean_up(places_[worker]);
      start_one(worker);
    }
  });
}

void Crew::clean_up(Place& place) {
  place.process.reset();
  if (!place.host_directory.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(place.host_directory, ignored);
  }
}

void Crew::dismiss() {
  dismissed_ = true;
  for (auto& place : places_) {
    if (place.process) {
      place.process->kill(); // all at once, so that waiting for one is waiting for all
    }
  }
  for (auto& place : places_) {
    clean_up(place);
    place.waiting = false;
    place.input.reset();
  }
}

void Crew::send(WorkerNumber worker, const engine::Command& command) {
  Place& place = places_[worker];
  if (place.process) {
    // These two are done at once and in silence.
    const bool silent = std::holds_alternative<engine::Inputs>(command) ||
                        std::holds_alternative<engine::Freeze>(command);
    place.waiting = place.waiting && silent;
    place.process->send(command);
  }
}

const std::optional<std::string>& Crew::running(WorkerNumber worker) const {
  return places_[worker].input;
}

pid_t Crew::pid(WorkerNumber worker) const {
  return places_[worker].process ? places_[worker].process->pid() : -1;
}

} // namespace harness::pool
