// In which order waiting tracees are served.
// SPDX-License-Identifier: Apache-2.0
#include "tests/tracer/target.hpp"

#include <cstdio>
#include <doctest/doctest.h>

using namespace harness;
using test::Target;

TEST_CASE("busy threads are served evenly, whichever is the newest") {
  Target target({test::fixture("fair_threads")});
  target.spec.limits.wall = std::chrono::seconds(60);
  const auto result = target.run();
  CHECK(test::exit_status(result) == 0);
  int least = 0;
  int greatest = 0;
  REQUIRE(std::sscanf(target.output().c_str(), "%d %d", &least, &greatest) == 2);
  // In the order of the kernel, newest first, the oldest made one call in hundreds.
  CHECK_MESSAGE(least * 8 > greatest, target.output());
}
