// SPDX-License-Identifier: Apache-2.0
#include "workloads/name_server.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

namespace harness::workloads {

namespace {

constexpr std::uint16_t port = 53;
constexpr std::size_t header_bytes = 12;

/// Just past the only question; nothing if there is none, or it is cut off.
std::optional<std::size_t> end_of_question(std::string_view query) {
  std::size_t at = header_bytes;
  while (at < query.size() && query[at] != '\0') {
    const auto length = static_cast<unsigned char>(query[at]);
    if (length > 63) {
      return std::nullopt; // a pointer: no question has one
    }
    at += length + 1U;
  }
  at += 5; // the root, type and class
  return at <= query.size() ? std::optional(at) : std::nullopt;
}

} // namespace

std::optional<std::string> name_answer(std::string_view query) {
  const bool question = query.size() > header_bytes && (query[2] & '\x80') == 0 &&
                        query.substr(4, 2) == std::string_view("\0\1", 2);
  const auto end = question ? end_of_question(query) : std::nullopt;
  if (!end) {
    return std::nullopt;
  }
  using namespace std::string_view_literals;
  const bool address = query.substr(*end - 4, 4) == "\0\1\0\1"sv; // A, IN
  std::string answer(query.substr(0, 2));
  answer += "\x81\x80\0\1"sv; // a response, recursion available; one question
  answer += address ? "\0\1\0\0\0\0"sv : "\0\0\0\0\0\0"sv;
  answer += query.substr(header_bytes, *end - header_bytes);
  if (address) {
    answer += "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1"sv; // of that name, 0 s to live, 4 bytes
  }
  return answer;
}

Result<std::unique_ptr<NameServer>> NameServer::open() {
  Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Error::from_errno("listen at 127.0.0.1:53", errno);
  }
  return std::unique_ptr<NameServer>(new NameServer(std::move(socket)));
}

NameServer::NameServer(Fd socket) : socket_(std::move(socket)), thread_([this] { answer(); }) {}

NameServer::~NameServer() {
  stop_.set();
  thread_.join();
}

void NameServer::answer() const {
  block_signals_here();
  std::array<pollfd, 2> waits = {{{stop_.fd(), POLLIN, 0}, {socket_.get(), POLLIN, 0}}};
  std::array<char, 1500> query;
  while (::poll(waits.data(), waits.size(), -1) >= 0 && waits[0].revents == 0) {
    sockaddr_in asker{};
    socklen_t length = sizeof asker;
    const ssize_t size = ::recvfrom(socket_.get(), query.data(), query.size(), 0,
                                    reinterpret_cast<sockaddr*>(&asker), &length);
    const auto reply =
        size > 0 ? name_answer({query.data(), static_cast<std::size_t>(size)}) : std::nullopt;
    if (reply) {
      static_cast<void>(::sendto(socket_.get(), reply->data(), reply->size(), 0,
                                 reinterpret_cast<const sockaddr*>(&asker), length));
    }
  }
}

} // namespace harness::workloads
