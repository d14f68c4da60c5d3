// SPDX-License-Identifier: Apache-2.0
#include "workloads/client.hpp"

#include "workloads/file_tree.hpp"
#include "workloads/waiting.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace harness::workloads {

namespace {

constexpr int socket_flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr std::size_t max_received = std::size_t{1} << 20;

int connect_tcp(int socket, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

/// Through a descriptor of the socket itself: the target may have put a link in its place.
int connect_unix(int socket, const Endpoints& endpoints) {
  auto place = find_place(endpoints.work_directory, endpoints.socket, false, {});
  if (!place) {
    errno = ENOENT;
    return -1;
  }
  const Fd node(
      ::openat(place->directory.get(), place->name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat found {};
  if (!node || ::fstat(node.get(), &found) != 0 || !S_ISSOCK(found.st_mode)) {
    errno = ENOENT;
    return -1;
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = fmt::format("/proc/self/fd/{}", node.get());
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

} // namespace

Client::Client(const Endpoints& endpoints, const EventFlag& stop, std::string& received)
    : endpoints_(endpoints), stop_(stop), received_(received), counter_(endpoints.protocol) {}

bool Client::connect(Transport transport, TimePoint deadline) {
  close();
  counter_ = ReplyCounter(endpoints_.protocol);
  const bool tcp = transport == Transport::tcp;
  if (tcp ? endpoints_.port == 0 : endpoints_.socket.empty()) {
    return false;
  }
  socket_.reset(::socket(tcp ? AF_INET : AF_UNIX, socket_flags, 0));
  if (!socket_) {
    return false;
  }
  int returned =
      tcp ? connect_tcp(socket_.get(), endpoints_.port) : connect_unix(socket_.get(), endpoints_);
  if (returned != 0 && errno == EINPROGRESS && wait(POLLOUT, deadline)) {
    int code = 0;
    socklen_t size = sizeof code;
    returned = ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : -1;
  }
  if (returned != 0) {
    socket_.reset();
    return false;
  }
  if (tcp) { // small commands go at once, as clients of every server do it
    const int one = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  return true;
}

bool Client::wait(short events, TimePoint deadline) {
  std::array<pollfd, 2> waits = {{{stop_.fd(), POLLIN, 0}, {socket_.get(), events, 0}}};
  return poll_until(waits, deadline) && waits[0].revents == 0 && waits[1].revents != 0;
}

bool Client::take() {
  std::array<char, 65536> buffer;
  const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got > 0) {
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    counter_.feed(bytes);
    received_.append(bytes.substr(0, max_received - std::min(max_received, received_.size())));
    return true;
  }
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    socket_.reset();
    return false;
  }
  return true;
}

bool Client::send(std::string_view bytes, TimePoint deadline) {
  while (socket_ && !bytes.empty()) {
    const auto put = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(put));
      continue;
    }
    if (errno == EINTR) {
      continue;
    }
    if (errno != EAGAIN) {
      socket_.reset();
      return false;
    }
    // Both lines may be full, each side waiting for the other to read.
    if (!wait(POLLOUT | POLLIN, deadline) || !take()) {
      return false;
    }
  }
  return static_cast<bool>(socket_);
}

bool Client::await_reply(std::uint64_t seen, TimePoint deadline) {
  while (socket_ && counter_.replies() <= seen) {
    // A flood without an end must not outlast the deadline either.
    if (TimePoint(std::chrono::steady_clock::now()) >= deadline || !wait(POLLIN, deadline) ||
        !take()) {
      return false;
    }
  }
  return counter_.replies() > seen;
}

bool Client::await_reply_of(pid_t server, std::uint64_t seen, TimePoint deadline) {
  WaitingWatch target;
  while (true) {
    const auto now = TimePoint(std::chrono::steady_clock::now());
    if (await_reply(seen, std::min(deadline, now + WaitingWatch::pause))) {
      return true;
    }
    if (!socket_ || stop_.is_set() || now >= deadline || target.look(server)) {
      return false;
    }
  }
}

bool Client::await_end(TimePoint deadline) {
  while (socket_) {
    if (TimePoint(std::chrono::steady_clock::now()) >= deadline || !wait(POLLIN, deadline)) {
      return false;
    }
    (void)take();
  }
  return true;
}

void Client::half_close() {
  if (socket_) {
    ::shutdown(socket_.get(), SHUT_WR);
  }
}

void Client::close() {
  socket_.reset();
}

void Client::reset() {
  if (socket_) {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.reset();
  }
}

} // namespace harness::workloads
