// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"

#include <doctest/doctest.h>

using namespace harness;

TEST_CASE("the same seed gives the same sequence, another seed another") {
  Random a(7);
  Random b(7);
  Random c(8);
  const auto first = a.next();
  CHECK(first == b.next());
  CHECK(first != c.next());
}

TEST_CASE("derived generators are independent of later draws") {
  const Random parent(7);
  Random one = parent.derive(1);
  Random again = parent.derive(1);
  Random two = parent.derive(2);
  const auto first = one.next();
  CHECK(first == again.next());
  CHECK(first != two.next());
}

TEST_CASE("bounds are kept") {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    CHECK(random.below(3) < 3);
    const auto between = random.between(-2, 2);
    CHECK(between >= -2);
    CHECK(between <= 2);
  }
  CHECK(random.below(0) == 0);
  CHECK(random.between(INT64_MIN, INT64_MAX) != random.between(INT64_MIN, INT64_MAX));
}

TEST_CASE("weights of zero are never drawn") {
  Random random(1);
  const double weights[] = {0, 1, 0};
  for (int i = 0; i < 100; ++i) {
    CHECK(random.weighted(weights) == 1);
  }
}
