// SPDX-License-Identifier: Apache-2.0
#include "workloads/system_log.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace harness::workloads {

namespace {

constexpr const char* path = "/dev/log";

} // namespace

Result<std::unique_ptr<SystemLog>> SystemLog::open() {
  Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Error::from_errno("listen at /dev/log", errno);
  }
  std::unique_ptr<SystemLog> log(new SystemLog(std::move(socket)));
  if (::chmod(path, 0666) != 0) {
    return Error::from_errno("open up /dev/log", errno);
  }
  return log;
}

SystemLog::SystemLog(Fd socket) : socket_(std::move(socket)), thread_([this] { drain(); }) {}

SystemLog::~SystemLog() {
  stop_.set();
  thread_.join();
  ::unlink(path);
}

void SystemLog::drain() const {
  block_signals_here();
  std::array<pollfd, 2> waits = {{{stop_.fd(), POLLIN, 0}, {socket_.get(), POLLIN, 0}}};
  std::array<char, 8192> buffer;
  while (::poll(waits.data(), waits.size(), -1) >= 0 && waits[0].revents == 0) {
    while (::recv(socket_.get(), buffer.data(), buffer.size(), 0) >= 0) {
    }
  }
}

} // namespace harness::workloads
