#include "harness/analysis/likeness.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::analysis;

namespace {

Showing showing(const std::string& output, const std::string& end = "exit status 0") {
  return {end, engine::printed_of(output)};
}

} // namespace

TEST_CASE("a program that does the same each time must be matched to the byte") {
  const std::vector<Showing> original = {showing("size 7\n"), showing("size 7\n")};
  CHECK(likeness(original, showing("size 7\n")) == Likeness::same);
  CHECK(likeness(original, showing("size 8\n")) == Likeness::other_output);
  CHECK(likeness(original, showing("refused\n")) == Likeness::other_output);
  CHECK(likeness(original, showing("size 7\n", "killed by SIGSYS")) == Likeness::other_end);
}

TEST_CASE("numbers that change in the original may change") {
  const std::vector<Showing> original = {showing("pid 17\n"), showing("pid 18\n")};
  CHECK(likeness(original, showing("pid 17\n")) == Likeness::same);
  CHECK(likeness(original, showing("pid 190\n")) == Likeness::but_for_numbers);
  CHECK(likeness(original, showing("no pid\n")) == Likeness::other_output);
}

TEST_CASE("where the original's words change too, its ends are compared") {
  const std::vector<Showing> original = {showing("a b\n"), showing("b a\n"),
                                         showing("a b\n", "exit status 1")};
  CHECK(likeness(original, showing("a a\n")) == Likeness::changes_by_itself);
  CHECK(likeness(original, showing("a a\n", "exit status 1")) == Likeness::changes_by_itself);
  CHECK(likeness(original, showing("a b\n", "exit status 2")) == Likeness::other_end);
}

TEST_CASE(
    "of several runs of the other program, more than half must show what the original never did") {
  const std::vector<Showing> original(10, showing("done\n"));
  std::vector<Showing> others(9, showing("done\n"));
  CHECK(likeness(original, others).likeness == Likeness::same);
  for (std::size_t i = 5; i < 9; ++i) {
    others[i] = showing("", "killed by SIGHUP");
  }
  CHECK(likeness(original, others).likeness == Likeness::seldom_other);
  CHECK(likeness(original, others).shown_by == 5);
  others[4] = showing("late\n");
  CHECK(likeness(original, others).likeness == Likeness::other_end);
  CHECK(likeness(original, std::vector<Showing>{others[4]}).likeness ==
        Likeness::other_output); // one run decides alone
}
