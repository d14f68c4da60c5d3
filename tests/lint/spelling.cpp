// codespell finds common misspellings in every text of the tree.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/tree.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

using namespace harness::lint;
using harness::test::available;
using harness::test::run;
using harness::test::source_root;

TEST_CASE("no common misspelling") {
  if (!available("codespell", "codespell")) {
    return;
  }
  // Words that tests misspell on purpose, and names that look like misspellings.
  std::vector<std::string> words = {"codespell", "--quiet-level=3",
                                    "--ignore-words=tests/lint/spelling-exceptions.txt"};
  for (const auto& file : tree()) {
    // Seeds and dictionaries are bytes for programs, not prose.
    if (!file.is_below("corpora/") && !file.is_below("tests/fuzz/seeds/")) {
      words.push_back(file.path);
    }
  }
  CHECK(words.size() > 100);
  const auto outcome = run({.words = words, .directory = source_root()});
  CHECK_MESSAGE(outcome.status == 0, (outcome.output + outcome.error));
}

TEST_CASE("codespell would find a misspelling") {
  if (!available("codespell", "codespell")) {
    return;
  }
  // In pieces, so that the case above does not find it here.
  const auto outcome = run({.words = {"codespell", "-"}, .input = std::string("rec") + "ieve\n"});
  CHECK(outcome.status != 0);
}
