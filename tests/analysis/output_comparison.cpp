// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/output_comparison.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::analysis;

namespace {

Observation showing(const std::string& output, const std::string& end = "exit status 0") {
  return {end, engine::printed_of(output)};
}

} // namespace

TEST_CASE("a program that does the same each time must be matched to the byte") {
  const std::vector<Observation> original = {showing("size 7\n"), showing("size 7\n")};
  CHECK(compare_output(original, showing("size 7\n")) == OutputComparison::same);
  CHECK(compare_output(original, showing("size 8\n")) == OutputComparison::other_output);
  CHECK(compare_output(original, showing("refused\n")) == OutputComparison::other_output);
  CHECK(compare_output(original, showing("size 7\n", "killed by SIGSYS")) ==
        OutputComparison::other_end);
}

TEST_CASE("numbers that change in the original may change") {
  const std::vector<Observation> original = {showing("pid 17\n"), showing("pid 18\n")};
  CHECK(compare_output(original, showing("pid 17\n")) == OutputComparison::same);
  CHECK(compare_output(original, showing("pid 190\n")) == OutputComparison::but_for_numbers);
  CHECK(compare_output(original, showing("no pid\n")) == OutputComparison::other_output);
}

TEST_CASE("where the original's words change too, its ends are compared") {
  const std::vector<Observation> original = {showing("a b\n"), showing("b a\n"),
                                             showing("a b\n", "exit status 1")};
  CHECK(compare_output(original, showing("a a\n")) == OutputComparison::changes_by_itself);
  CHECK(compare_output(original, showing("a a\n", "exit status 1")) ==
        OutputComparison::changes_by_itself);
  CHECK(compare_output(original, showing("a b\n", "exit status 2")) == OutputComparison::other_end);
}

TEST_CASE(
    "of several runs of the other program, more than half must show what the original never did") {
  const std::vector<Observation> original(10, showing("done\n"));
  std::vector<Observation> others(9, showing("done\n"));
  CHECK(compare_output(original, others).compare_output == OutputComparison::same);
  for (std::size_t i = 5; i < 9; ++i) {
    others[i] = showing("", "killed by SIGHUP");
  }
  CHECK(compare_output(original, others).compare_output == OutputComparison::seldom_other);
  CHECK(compare_output(original, others).shown_by == 5);
  others[4] = showing("late\n");
  CHECK(compare_output(original, others).compare_output == OutputComparison::other_end);
  CHECK(compare_output(original, std::vector<Observation>{others[4]}).compare_output ==
        OutputComparison::other_output); // one run decides alone
}
