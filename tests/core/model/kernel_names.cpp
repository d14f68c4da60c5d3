// SPDX-License-Identifier: Apache-2.0
#include "core/model/kernel_names.hpp"

#include <cerrno>
#include <csignal>
#include <doctest/doctest.h>

using namespace harness;

TEST_CASE("signals and errors are known by their names") {
  CHECK(signal_number("SIGTERM") == SIGTERM);
  CHECK(signal_number("KILL") == SIGKILL);
  CHECK(signal_number("SIGPOLL") == SIGIO);
  CHECK(signal_number("SIGIO") == SIGIO);
  CHECK(signal_number("SIGRTMIN+2") == SIGRTMIN + 2);
  CHECK(signal_number("SIGRTMAX-1") == SIGRTMAX - 1);
  CHECK(errno_number("EAGAIN") == EAGAIN);
  CHECK(errno_number("EWOULDBLOCK") == EAGAIN);
  for (const char* name : {"", "SIG", "SIGNONE", "SIGRTMIN-1", "SIGRTMIN+99", "SIGRTMAX+1"}) {
    CAPTURE(name);
    CHECK_FALSE(signal_number(name));
  }
  CHECK_FALSE(errno_number("ENONE"));
}

TEST_CASE("every name leads back to itself") {
  for (int number = 1; number <= SIGRTMAX; ++number) {
    if (number < 32 || number >= SIGRTMIN) {
      CHECK(signal_number(signal_name(number)) == number);
    }
  }
  for (const auto& name : errno_names()) {
    CHECK(errno_name(*errno_number(name)) == name);
  }
  for (const auto& name : signal_names()) {
    CHECK(signal_number(name).has_value());
  }
}
