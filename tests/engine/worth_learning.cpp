// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worth_learning.hpp"

#include <doctest/doctest.h>

using namespace harness;
using engine::worth_learning;

TEST_CASE("numbered files of the input's own making are not learned, anything else is") {
  Input input;
  CHECK(worth_learning("d/e0475", input)); // the target's own, as far as one can know
  input.files.push_back({.kind = FileNode::Kind::directory, .path = "d", .entries = 1000});
  CHECK_FALSE(worth_learning("d/e0475", input));
  CHECK_FALSE(worth_learning("/tmp/run/d/e0475", input));
  CHECK_FALSE(worth_learning("e0475", input));
  CHECK(worth_learning("/etc/localtime", input));
  CHECK(worth_learning("d/e04", input));
  CHECK(worth_learning("d/error", input));
  CHECK(worth_learning("", input));
}
