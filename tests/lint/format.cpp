// The tree's own .clang-format holds for every C++ file.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/tree.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness::lint;
using harness::test::available;
using harness::test::run;

TEST_CASE("every file is formatted") {
  // Other versions break lines elsewhere.
  if (!available("clang-format-14", "clang-format-14")) {
    return;
  }
  std::vector<std::string> words = {"clang-format-14", "--dry-run", "-Werror"};
  for (const auto& file : tree()) {
    if (file.has_extension(".cpp") || file.has_extension(".hpp")) {
      words.push_back(file.path);
    }
  }
  CHECK(words.size() > 100);
  const auto outcome = run({.words = words, .directory = harness::test::source_root()});
  CHECK_MESSAGE(outcome.status == 0, outcome.error);
}
