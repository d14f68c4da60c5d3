// Client: one connection to a target that may be hostile. It never blocks longer than its deadline,
// stores at most 1 MiB of what it reads, and never follows a symbolic link to a socket elsewhere.
// Independent of scripts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/base/fd.hpp"
#include "workloads/event_flag.hpp"
#include "workloads/protocol.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace harness::workloads {

/// Where the target can be reached.
struct Endpoints {
  std::uint16_t port = 0;  // on 127.0.0.1; 0 = none
  int work_directory = -1; // borrowed; `socket` is looked up below it
  std::string socket;      // relative path; "" = none
  Protocol protocol = Protocol::none;
};

enum class Transport { tcp, unix_socket };

class Client {
public:
  /// What it reads is added to `received`, which several clients may share.
  Client(const Endpoints& endpoints, const EventFlag& stop, std::string& received);

  /// False if nobody is there (or the run ended, or time is up), as of all functions below.
  bool connect(Transport transport, TimePoint deadline);
  bool is_open() const { return static_cast<bool>(socket_); }
  /// Writes all of `bytes`; replies that come meanwhile are left unread until the line is full.
  bool send(std::string_view bytes, TimePoint deadline);
  /// Waits for one reply more than `seen`; true at once if it is there.
  bool await_reply(std::uint64_t seen, TimePoint deadline);
  /// The same, but gives up once `server` is seen to wait instead of working on a reply.
  bool await_reply_of(pid_t server, std::uint64_t seen, TimePoint deadline);
  /// Waits until the peer closes.
  bool await_end(TimePoint deadline);
  std::uint64_t replies() const { return counter_.replies(); }
  /// The last reply was an error, as far as the protocol tells.
  bool was_refused() const { return counter_.last_was_error(); }

  void half_close();
  void close();
  /// Closes so that the peer sees a reset (SO_LINGER 0).
  void reset();

private:
  /// Reads what is there; false at the end of the stream, which closes.
  bool take();
  bool wait(short events, TimePoint deadline);

  const Endpoints& endpoints_;
  const EventFlag& stop_;
  std::string& received_;
  Fd socket_;
  ReplyCounter counter_;
};

} // namespace harness::workloads
