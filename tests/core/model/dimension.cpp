// SPDX-License-Identifier: Apache-2.0
#include "core/model/dimension.hpp"

#include "tests/support/process.hpp"
#include "tests/support/random_input.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace harness;

TEST_CASE("an input without all of its dimensions is the empty one, and each goes by itself") {
  Random random(test::property_seed("dimension"));
  CHECK(dimensions_of(Input{}).empty());
  for (int i = 0; i < 200; ++i) {
    const Input input = test::random_input(random);
    Input rest = input;
    for (const Dimension dimension : dimensions_of(input)) {
      const auto left = dimensions_of(without(input, dimension));
      CHECK(std::find(left.begin(), left.end(), dimension) == left.end());
      rest = without(rest, dimension);
    }
    CHECK(rest == Input{});
  }
}

TEST_CASE("a terminal is one dimension, other streams are another") {
  Input input{.standard_input = {StandardInput::Kind::terminal, "ls\n"},
              .standard_output = OutputKind::terminal,
              .standard_error = OutputKind::closed,
              .terminal = {.columns = 40}};
  CHECK(dimensions_of(input) == std::vector{Dimension::streams, Dimension::terminal});
  input = without(input, Dimension::terminal);
  CHECK(input.standard_error == OutputKind::closed);
  CHECK(dimensions_of(input) == std::vector{Dimension::streams});
}
