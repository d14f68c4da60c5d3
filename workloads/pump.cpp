// SPDX-License-Identifier: Apache-2.0
#include "workloads/pump.hpp"

#include "workloads/waiting.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <sys/ioctl.h>

namespace harness::workloads {

namespace {

using namespace std::chrono_literals;

// How long a typist waits: for the first sign of life, for the output to pause after a line, and
// before taking silence for "waits for me" where nothing else tells. They bound a wait; output ends
// it, and so does a target that is seen to wait.
constexpr Duration sign_of_life = 300ms;
constexpr Duration short_pause = 3ms;
constexpr Duration silence = 40ms;
constexpr Duration last_silence = 800ms;
constexpr Duration grace = 300ms;
constexpr int end_of_file_keys = 3;
constexpr std::size_t max_kept_output = std::size_t{64} << 10;

constexpr char key_interrupt = '\x03';
constexpr char key_end = '\x04';
constexpr char key_suspend = '\x1a';
constexpr char key_quit = '\x1c';

bool is_control_key(char key) {
  return key == key_interrupt || key == key_end || key == key_suspend || key == key_quit;
}

TimePoint in(Duration duration) {
  return TimePoint(std::chrono::steady_clock::now()) + duration;
}

} // namespace

std::vector<Piece> cut_keys(std::string_view keys) {
  std::vector<Piece> pieces;
  std::string piece;
  const auto cut = [&] {
    if (!piece.empty()) {
      pieces.push_back({std::exchange(piece, {}), 0, ""});
    }
  };
  for (const char key : keys) {
    if (is_control_key(key)) {
      cut();
    }
    piece.push_back(key);
    if (is_control_key(key) || key == '\n' || key == '\r') {
      cut();
    }
  }
  cut();
  return pieces;
}

Pump::Pump(Streams& streams, std::vector<Piece> pieces, bool hang_up)
    : terminal_(std::move(streams.terminal)), feed_(std::move(streams.feed)),
      output_(std::move(streams.output_drain)), error_(std::move(streams.error_drain)),
      pieces_(std::move(pieces)), types_(streams.terminal_input), hang_up_(hang_up) {}

bool Pump::is_needed(const Streams& streams) {
  return streams.terminal || streams.feed || streams.output_drain || streams.error_drain;
}

void Pump::start(RunControl& control) {
  control_ = &control;
  thread_ = std::thread([this] { work(); });
}

void Pump::stop() {
  stop_.set();
  if (thread_.joinable()) {
    thread_.join();
    drain_all();
  }
}

std::string Pump::tail(std::size_t limit_bytes) const {
  // Of a flood so much is there whatever the pieces it came in.
  const auto limit = std::min(limit_bytes, max_kept_output);
  return received_.size() <= limit ? received_ : received_.substr(received_.size() - limit);
}

void Pump::work() {
  block_signals_here();
  if (types_) {
    type_all();
  } else if (feed_) {
    feed_all();
  }
  if (hang_up_ && terminal_) {
    wait_for_turn(sign_of_life); // in the middle of its work, as with an interrupt
    hang_up_now();
  }
  while (wait_until(in(1h)) != Event::stopped) {
  }
}

/// Reads what is there; false once the end of `from` is reached, which closes it.
bool Pump::drain(Fd& from) {
  std::array<char, 65536> buffer;
  const auto got = ::read(from.get(), buffer.data(), buffer.size());
  if (got > 0) {
    received_.append(buffer.data(), static_cast<std::size_t>(got));
    if (received_.size() > 2 * max_kept_output) {
      received_.erase(0, received_.size() - max_kept_output);
    }
    return true;
  }
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    from.reset();
  }
  return false;
}

bool Pump::drain_all() {
  bool any = false;
  for (Fd* from : {&terminal_, &output_, &error_}) {
    while (*from && drain(*from)) {
      any = true;
    }
  }
  return any;
}

Pump::Event Pump::wait_until(TimePoint deadline, short feed_events) {
  std::array<pollfd, 5> waits = {{{stop_.fd(), POLLIN, 0},
                                  {terminal_.get(), POLLIN, 0},
                                  {output_.get(), POLLIN, 0},
                                  {error_.get(), POLLIN, 0},
                                  {feed_events != 0 ? feed_.get() : -1, feed_events, 0}}};
  poll_until(waits, deadline);
  if (waits[0].revents != 0) {
    return Event::stopped;
  }
  bool any = false;
  const std::array<Fd*, 3> sources = {&terminal_, &output_, &error_};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (waits[i + 1].revents != 0) {
      any = drain(*sources[i]) || any;
    }
  }
  return any ? Event::output : Event::nothing;
}

/// The leader of the terminal's foreground group; 0 if there is none.
pid_t Pump::foreground() const {
  pid_t group = 0;
  return terminal_ && ::ioctl(terminal_.get(), TIOCGPGRP, &group) == 0 ? group : 0;
}

/// Waits for output, at most `patience`, and no longer than until the target waits for us.
Pump::Event Pump::wait_for_turn(Duration patience) {
  const auto deadline = in(patience);
  WaitingWatch target;
  while (true) {
    const auto event = wait_until(std::min(deadline, in(WaitingWatch::pause)));
    if (event != Event::nothing || TimePoint(std::chrono::steady_clock::now()) >= deadline ||
        target.look(foreground())) {
      return event;
    }
  }
}

/// Waits for a turn, and then until no output has come for `quiet`.
Pump::Event Pump::wait_until_quiet(Duration patience, Duration quiet) {
  auto event = wait_for_turn(patience);
  const auto enough = in(std::chrono::seconds(1)); // somebody who never pauses isn't waited for
  while (event == Event::output && TimePoint(std::chrono::steady_clock::now()) < enough) {
    const auto next = wait_until(in(quiet));
    if (next == Event::nothing) {
      break;
    }
    event = next;
  }
  return event;
}

/// Signals that the terminal driver will send for these keys are of our making.
void Pump::announce(std::string_view keys) {
  for (const char key : keys) {
    if (key == key_interrupt) {
      control_->expect_signal(SIGINT);
    } else if (key == key_quit) {
      control_->expect_signal(SIGQUIT);
    } else if (key == key_suspend) {
      control_->expect_signal(SIGTSTP);
    }
  }
}

bool Pump::type(std::string_view bytes) {
  while (!bytes.empty() && terminal_) {
    const auto put = ::write(terminal_.get(), bytes.data(), bytes.size());
    if (put > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(put));
    } else if (errno == EAGAIN || errno == EINTR) {
      // The line is full: nobody reads it. What comes of it is up to the target.
      if (wait_until(in(silence)) != Event::output) {
        return !stop_.is_set();
      }
    } else {
      return false;
    }
  }
  return static_cast<bool>(terminal_);
}

void Pump::type_all() {
  bool first = true;
  for (const auto& piece : pieces_) {
    // An interrupt is for a target in the middle of its work: the first output is enough. One that
    // comes later waits like a line: the driver throws away output when it sends the signal.
    const bool interrupts = first && !piece.bytes.empty() && is_control_key(piece.bytes.front()) &&
                            piece.bytes.front() != key_end;
    const Duration patience = first ? sign_of_life : silence;
    const auto event =
        interrupts ? wait_for_turn(patience) : wait_until_quiet(patience, short_pause);
    first = false;
    if (event == Event::stopped) {
      return;
    }
    if (piece.pause_ms != 0 &&
        wait_until(in(std::chrono::milliseconds(piece.pause_ms))) == Event::stopped) {
      return;
    }
    if (!piece.marker.empty()) {
      control_->marker(piece.marker);
    }
    announce(piece.bytes);
    if (!type(piece.bytes)) {
      return;
    }
    if (!piece.bytes.empty() && piece.bytes.front() == key_suspend) {
      // The kernel drops a stop that has not been taken yet when the process is continued.
      if (wait_until_quiet(silence, silence) == Event::stopped) {
        return;
      }
      control_->request_signal(SIGCONT);
    }
  }
  if (!hang_up_) {
    end_of_keys();
  }
}

/// Nothing more will be typed: end of file, some times (a program that changes the line's mode
/// meanwhile loses one), then the line is cut.
void Pump::end_of_keys() {
  for (int i = 0; i < end_of_file_keys; ++i) {
    if (wait_until_quiet(i == 0 ? sign_of_life : silence, short_pause) == Event::stopped ||
        !type({&key_end, 1})) {
      return;
    }
  }
  while (true) {
    switch (wait_for_turn(last_silence)) {
    case Event::stopped:
      return;
    case Event::output:
      continue;
    case Event::nothing:
      hang_up_now();
      control_->finish(grace);
      return;
    }
  }
}

void Pump::hang_up_now() {
  control_->expect_signal(SIGHUP);
  control_->expect_signal(SIGPIPE);
  drain_all();
  terminal_.reset();
}

void Pump::feed_all() {
  for (const auto& piece : pieces_) {
    const auto until = in(std::chrono::milliseconds(piece.pause_ms));
    while (TimePoint(std::chrono::steady_clock::now()) < until) {
      if (wait_until(until) == Event::stopped) {
        return;
      }
    }
    if (!piece.marker.empty()) {
      control_->marker(piece.marker);
    }
    std::string_view left = piece.bytes;
    while (!left.empty()) {
      const auto put = ::write(feed_.get(), left.data(), left.size());
      if (put > 0) {
        left.remove_prefix(static_cast<std::size_t>(put));
      } else if (errno != EAGAIN && errno != EINTR) {
        feed_.reset(); // nobody reads
        return;
      } else if (wait_until(in(1h), POLLOUT) == Event::stopped) {
        return;
      }
    }
  }
  feed_.reset();
}

} // namespace harness::workloads
