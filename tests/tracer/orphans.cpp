// Children whose creator is killed before it can report them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/tracer/target.hpp"

#include <cstdio>
#include <doctest/doctest.h>

using namespace harness;
using test::Target;

namespace {

struct Orphans {
  int made = 0;
  int passed = -1;
};

Orphans orphans_of(const Target& target) {
  Orphans orphans;
  std::sscanf(target.output().c_str(), "%d %d", &orphans.made, &orphans.passed);
  return orphans;
}

void check_orphans(Mode mode) {
  Target target({test::fixture("orphans_pass_point")});
  target.options.mode = mode;
  target.options.phases = {{"startup", LaunchTrigger{}}, {"late", SymbolTrigger{"point", 0, ""}}};
  target.spec.limits.wall = std::chrono::seconds(60);
  const auto result = target.run();
  const Orphans orphans = orphans_of(target);
  INFO(describe(result.end), " ", target.output());
  CHECK(test::exit_status(result) == 0);
  CHECK(orphans.passed == orphans.made); // our breakpoint ended none
  CHECK(test::counts(result)["sysinfo"] == static_cast<std::uint64_t>(orphans.made));
  CHECK(result.incomplete.empty());
  if (orphans.made == 0) {
    MESSAGE("skipped: no child outlived its creator's report here");
  }
}

} // namespace

TEST_CASE("a child whose creator died keeps phase points and loses no call, in count") {
  check_orphans(Mode::count);
}

TEST_CASE("a child whose creator died keeps phase points and loses no call, in discover") {
  check_orphans(Mode::discover);
}
