// SPDX-License-Identifier: Apache-2.0
#include "workloads/name_server.hpp"

#include <doctest/doctest.h>

using namespace harness::workloads;
using namespace std::string_view_literals;

namespace {

/// A query with the id 0x1234 for a.bc, of this type.
std::string query(char type) {
  std::string text("\x12\x34\x01\0\0\1\0\0\0\0\0\0"
                   "\1a\2bc\0\0"sv);
  text += type;
  text += "\0\1"sv;
  return text;
}

} // namespace

TEST_CASE("every name is this machine") {
  const auto answer = name_answer(query('\1'));
  REQUIRE(answer);
  CHECK(answer->starts_with("\x12\x34\x81\x80\0\1\0\1\0\0\0\0\1a\2bc\0\0\1\0\1"sv));
  CHECK(answer->ends_with("\0\4\x7f\0\0\1"sv));
}

TEST_CASE("there is no address of version 6") {
  const auto answer = name_answer(query('\x1c'));
  REQUIRE(answer);
  CHECK(answer->size() == query('\x1c').size());
  CHECK(answer->substr(6, 2) == "\0\0"sv);
}

TEST_CASE("what is no query gets no answer, wherever it is cut off") {
  const std::string whole = query('\1');
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(name_answer(std::string_view(whole).substr(0, size)));
  }
  std::string response = whole;
  response[2] = '\x81';
  CHECK_FALSE(name_answer(response));
  std::string pointer = whole;
  pointer[12] = '\xc0';
  CHECK_FALSE(name_answer(pointer));
}
