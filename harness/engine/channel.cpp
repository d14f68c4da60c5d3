// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/channel.hpp"

#include "core/base/fd.hpp"

#include <array>
#include <cerrno>
#include <unistd.h>

namespace harness::engine {

Result<std::optional<Command>> Channel::receive() {
  if (auto flushed = flush(); !flushed) {
    return std::move(flushed).error();
  }
  for (;;) {
    auto frame = reader_.next();
    if (!frame) {
      return std::move(frame).error();
    }
    if (*frame) {
      auto command = decode_command(**frame);
      if (!command) {
        return std::move(command).error();
      }
      return std::optional(std::move(*command));
    }
    std::array<char, 65536> buffer;
    const ssize_t got = ::read(input_, buffer.data(), buffer.size());
    if (got == 0) {
      return std::optional<Command>();
    }
    if (got > 0) {
      reader_.feed({buffer.data(), static_cast<std::size_t>(got)});
    } else if (errno == EINTR) {
      return Error::from_errno("reading a command", EINTR); // a signal asked us to look up
    } else {
      return Error::from_errno("reading a command", errno);
    }
  }
}

Result<> Channel::send(const Message& message) {
  queue(message);
  return flush();
}

Result<> Channel::flush() {
  if (queued_.empty()) {
    return Done{};
  }
  auto written = write_all(output_, queued_);
  queued_.clear();
  return written;
}

} // namespace harness::engine
