#include "harness/campaign/likeness.hpp"

#include <doctest/doctest.h>

using namespace harness;
using namespace harness::campaign;

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
