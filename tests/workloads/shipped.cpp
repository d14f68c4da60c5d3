// The plans and seeds that are included: each can be read, and inputs can be drawn from it.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "harness/plan/plan.hpp"
#include "mutators/generator.hpp"
#include "tests/support/process.hpp"
#include "workloads/workload.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <set>
#include <string>

using namespace harness;

namespace {

struct Shipped {
  const char* name;
  const char* program;
  const char* package;
  std::size_t min_seeds;
};

constexpr Shipped all_shipped[] = {
    {"ls", "ls", "coreutils", 30},
    {"sqlite", "sqlite3", "sqlite3", 40},
    {"redis", "redis-server", "redis-server", 30},
};

std::string plan_path(const std::string& name) {
  return test::source_root() + "/workloads/" + name + "/" + name + ".yaml";
}

} // namespace

TEST_CASE("every seed can be read and says what it is for") {
  for (const auto& shipped : all_shipped) {
    std::size_t seeds = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::source_root() + "/corpora/" +
                                                                 std::string(shipped.name))) {
      CAPTURE(entry.path().string());
      const auto text = read_file(entry.path().string());
      REQUIRE(text);
      const auto input = parse_input(*text);
      REQUIRE_MESSAGE(input, input.error().message);
      CHECK(parse_input(serialize_input(*input)).ok());
      ++seeds;
    }
    CHECK(seeds >= shipped.min_seeds);
  }
}

TEST_CASE("every plan is valid, makes a workload, and its grammar draws many inputs") {
  for (const auto& shipped : all_shipped) {
    if (!test::available(shipped.program, shipped.package)) {
      continue;
    }
    CAPTURE(shipped.name);
    const auto plan = plan::load_plan(plan_path(shipped.name));
    CHECK(plan.name == shipped.name);
    CHECK_FALSE(plan.seeds.empty());
    CHECK(workloads::make(plan) != nullptr);
    const mutators::Generator generator(mutators::compile(plan.grammar), {},
                                        {.phases = {}, .base_files = plan.workload.files});
    Random random(test::property_seed(shipped.name));
    std::set<std::string> drawn;
    for (int i = 0; i < 100; ++i) {
      const auto text = serialize_input(generator.fresh(random));
      REQUIRE_MESSAGE(parse_input(text).ok(), text);
      drawn.insert(text);
    }
    CHECK(drawn.size() > 90);
  }
}
