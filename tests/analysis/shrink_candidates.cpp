// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/shrink_candidates.hpp"

#include "core/base/random.hpp"
#include "tests/support/process.hpp"
#include "tests/support/random_input.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace harness;

TEST_CASE("simpler inputs are shorter, can be read back, and end in the simplest one") {
  Random random(test::property_seed("simpler"));
  for (int i = 0; i < 10; ++i) {
    Input input = test::random_input(random);
    std::size_t length = serialize_input(input).size();
    for (int step = 0; step < 400; ++step) {
      const auto steps = analysis::shrink_candidates(input);
      if (steps.empty()) {
        break;
      }
      const std::string text = serialize_input(steps.front());
      CHECK(text.size() < length);
      CHECK(parse_input(text).ok());
      length = text.size();
      input = steps.front(); // the biggest step first
    }
    CHECK(analysis::shrink_candidates(input).empty());
  }
  CHECK(analysis::shrink_candidates(Input{}).empty());
}

TEST_CASE("every argument can go by itself") {
  const Input input{.arguments = {"one", "two", "three"}};
  const auto steps = analysis::shrink_candidates(input);
  for (const auto& gone : input.arguments) {
    CHECK(std::any_of(steps.begin(), steps.end(), [&](const Input& step) {
      return step.arguments.size() == 2 &&
             std::find(step.arguments.begin(), step.arguments.end(), gone) == step.arguments.end();
    }));
  }
}
