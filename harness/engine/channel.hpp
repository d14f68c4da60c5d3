// Channel: the worker's end of the connection to the coordinator. Sends and receives whole messages
// over two descriptors, blocking. Depends only on the protocol.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/protocol.hpp"

#include <optional>
#include <string>

namespace harness::engine {

class Channel {
public:
  /// Borrows both descriptors.
  Channel(int input, int output) : input_(input), output_(output) {}

  /// The next command; waits for it. Sends first what is queued. Nothing at the end of the
  /// conversation; an Error for what is no command.
  Result<std::optional<Command>> receive();

  /// Sends `message` together with whatever is queued.
  Result<> send(const Message& message);
  /// Keeps `message` for the next send: two lines for the price of one.
  void queue(const Message& message) { queued_ += encode(message); }
  Result<> flush();

private:
  int input_;
  int output_;
  FrameReader reader_;
  std::string queued_;
};

} // namespace harness::engine
