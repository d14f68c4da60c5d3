// SPDX-License-Identifier: Apache-2.0
#include "workloads/protocol.hpp"

#include "core/base/random.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace harness;
using namespace harness::workloads;

namespace {

std::uint64_t replies(std::string_view bytes, Protocol protocol = Protocol::resp) {
  ReplyCounter counter(protocol);
  counter.feed(bytes);
  return counter.replies();
}

} // namespace

TEST_CASE("commands are encoded for their protocol") {
  const std::vector<std::string> words = {"SET", "key", std::string("a\0\r\n", 4)};
  CHECK(encode_command(Protocol::resp, words) ==
        std::string("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$4\r\na\0\r\n\r\n", 32));
  CHECK(encode_command(Protocol::lines, std::vector<std::string>{"get", "x"}) == "get x\n");
  CHECK(encode_command(Protocol::sql, std::vector<std::string>{"SELECT 1;"}) == "SELECT 1;\n");
  CHECK(encode_command(Protocol::raw, std::vector<std::string>{"GET /", "\r\n"}) == "GET /\r\n");
  CHECK(encode_command(Protocol::resp, {}) == "*0\r\n");
}

TEST_CASE("whole replies are counted, whatever their kind") {
  CHECK(replies("+OK\r\n") == 1);
  CHECK(replies("-ERR no\r\n:12\r\n") == 2);
  CHECK(replies("$5\r\nhe\r\nl\r\n") == 1);
  CHECK(replies("$-1\r\n*-1\r\n") == 2);
  CHECK(replies("$0\r\n\r\n*0\r\n") == 2);
  CHECK(replies("*2\r\n*1\r\n:1\r\n$1\r\nx\r\n") == 1);
  CHECK(replies("%1\r\n+k\r\n#t\r\n~1\r\n_\r\n>1\r\n,1.5\r\n(99\r\n") == 4);
  CHECK(replies("=5\r\ntxt:x\r\n!3\r\nERR\r\n") == 2);
}

TEST_CASE("an error is told from an answer") {
  ReplyCounter counter(Protocol::resp);
  counter.feed("+OK\r\n");
  CHECK_FALSE(counter.last_was_error());
  counter.feed("-NOAUTH Authentication required.\r\n");
  CHECK(counter.last_was_error());
  counter.feed("*1\r\n-ERR inside\r\n"); // of a transaction: the reply itself is none
  CHECK_FALSE(counter.last_was_error());
}

TEST_CASE("unfinished replies are not counted yet") {
  CHECK(replies("+OK") == 0);
  CHECK(replies("$5\r\nhel") == 0);
  CHECK(replies("*2\r\n:1\r\n") == 0);
}

TEST_CASE("what is no RESP counts by the line and harms nothing") {
  CHECK(replies("hello\nworld\n") == 2);
  CHECK(replies("$99999999999999999999\r\n") == 1);
  CHECK(replies("*99999999999999999999\r\n") == 1);
  CHECK(replies(std::string(100000, '*')) == 0);
  CHECK(replies("one\ntwo\nthree", Protocol::lines) == 2);
  CHECK(replies("anything", Protocol::raw) == 1);
}

TEST_CASE("the count does not depend on how the stream is cut") {
  Random random(test::property_seed("reply counter"));
  const std::vector<std::string> pieces = {"+OK\r\n", "*3\r\n",  "$4\r\n",     "abcd\r\n",
                                           ":1\r\n",  "%2\r\n",  "\n",         "*0\r\n",
                                           "$-1\r\n", "*-1\r\n", "garbage\r\n"};
  for (int round = 0; round < 300; ++round) {
    std::string stream;
    for (int i = 0; i < 30; ++i) {
      stream += random.pick(pieces);
    }
    ReplyCounter cut(Protocol::resp);
    for (std::size_t at = 0; at < stream.size();) {
      const auto size = 1 + random.below(7);
      cut.feed(std::string_view(stream).substr(at, size));
      at += size;
    }
    CHECK(cut.replies() == replies(stream));
  }
}
