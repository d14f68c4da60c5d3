// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/printed.hpp"

#include <doctest/doctest.h>

using namespace harness::engine;

TEST_CASE("numbers, and the blanks that they move, are folded; nothing else is") {
  CHECK(fold_numbers("") == "");
  CHECK(fold_numbers("pid 1234: 0x7ffd01 at 12:30\n") == "pid #: # at #:#\n");
  CHECK(fold_numbers("a   7\t b") == "a # b");
  CHECK(fold_numbers("abc, ABC!\n\0\xff") == "abc, ABC!\n\0\xff");
}

TEST_CASE("what differs by a number alone has one folded digest and two exact ones") {
  const auto one = printed_of("took 17 ms\n");
  const auto other = printed_of("took 3 ms\n");
  CHECK(one.exact != other.exact);
  CHECK(one.folded == other.folded);
  CHECK(printed_of("took 3 s\n").folded != other.folded);
  CHECK(one == printed_of("took 17 ms\n"));
}
