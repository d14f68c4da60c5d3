// SPDX-License-Identifier: Apache-2.0
#include "workloads/script.hpp"

#include <algorithm>

namespace harness::workloads {

namespace {

using namespace std::chrono_literals;

/// How long one command waits for its reply at most. A server that is alive answers in far less,
/// and one that is seen to wait itself is not waited for.
constexpr Duration reply_patience = 100ms;
/// How long after its answer to the stop command a server may take to close the connection.
constexpr Duration to_close = 250ms;
constexpr std::uint32_t longest_script_pause_ms = 1000;

TimePoint script_time() {
  return std::chrono::steady_clock::now();
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) {
    all += word;
  }
  return all;
}

} // namespace

Script::Script(const ScriptPlan& plan, pid_t server, const EventFlag& stop, RunControl& control,
               std::string& replies)
    : plan_(plan), server_(server), stop_(stop), control_(control), replies_(replies) {}

Transport Script::usual() const {
  return plan_.endpoints.port != 0 ? Transport::tcp : Transport::unix_socket;
}

/// The client of that number; connected the usual way if this is its first step.
Script::Open& Script::open(std::uint16_t number, TimePoint deadline) {
  const auto [at, fresh] = clients_.try_emplace(number, Client(plan_.endpoints, stop_, replies_));
  if (fresh) {
    at->second.client.connect(usual(), deadline);
  }
  return at->second;
}

void Script::play(TimePoint deadline) {
  for (const auto& step : plan_.steps) {
    if (stop_.is_set() || script_time() >= deadline) {
      return;
    }
    play_step(step, deadline);
  }
}

void Script::play_step(const Step& step, TimePoint deadline) {
  switch (step.kind) {
  case Step::Kind::connect: {
    auto& open =
        clients_.try_emplace(step.client, Client(plan_.endpoints, stop_, replies_)).first->second;
    open.behind = false;
    const bool by_unix = !step.words.empty() && step.words.front() == "unix";
    const bool by_tcp = !step.words.empty() && step.words.front() == "tcp";
    open.client.connect(by_unix  ? Transport::unix_socket
                        : by_tcp ? Transport::tcp
                                 : usual(),
                        deadline);
    return;
  }
  case Step::Kind::command: {
    auto& [client, behind] = open(step.client, deadline);
    const auto seen = client.replies();
    const auto patience = std::min(deadline, script_time() + reply_patience);
    if (client.send(encode_command(plan_.endpoints.protocol, step.words), patience) && !behind) {
      behind = !client.await_reply_of(server_, seen, patience);
    }
    return;
  }
  case Step::Kind::send:
    open(step.client, deadline)
        .client.send(joined(step.words), std::min(deadline, script_time() + reply_patience));
    return;
  case Step::Kind::receive: {
    auto& [client, behind] = open(step.client, deadline);
    behind = !client.await_reply_of(server_, client.replies(),
                                    std::min(deadline, script_time() + reply_patience));
    return;
  }
  case Step::Kind::half_close:
    open(step.client, deadline).client.half_close();
    return;
  case Step::Kind::reset:
    open(step.client, deadline).client.reset();
    return;
  case Step::Kind::close:
    open(step.client, deadline).client.close();
    return;
  case Step::Kind::pause: {
    pollfd wait{stop_.fd(), POLLIN, 0};
    const auto length =
        std::chrono::milliseconds(std::min(step.milliseconds, longest_script_pause_ms));
    poll_until({&wait, 1}, std::min(deadline, script_time() + length));
    return;
  }
  case Step::Kind::marker:
    if (!step.words.empty()) {
      control_.marker(step.words.front());
    }
    return;
  }
}

void Script::end() {
  if (stop_.is_set()) {
    return;
  }
  bool ends = false;
  if (!plan_.stop_command.empty()) {
    Client client(plan_.endpoints, stop_, replies_);
    const auto deadline = script_time() + plan_.stop_grace;
    const auto command = encode_command(plan_.endpoints.protocol, plan_.stop_command);
    if (client.connect(usual(), deadline) && client.send(command, deadline)) {
      // One that ends closes the connection, some after a last answer; one that refuses answers.
      if (client.await_reply_of(server_, 0, deadline)) {
        ends =
            !client.was_refused() && client.await_end(std::min(deadline, script_time() + to_close));
      } else {
        ends = !client.is_open();
      }
    }
  }
  // It may be gone before its connection is seen to close.
  if (!ends && !stop_.is_set()) {
    control_.request_signal(plan_.stop_signal);
  }
  control_.finish(plan_.stop_grace);
}

} // namespace harness::workloads
