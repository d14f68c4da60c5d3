// SPDX-License-Identifier: Apache-2.0
#include "harness/store/environment.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <fstream>

using namespace harness;
using namespace harness::store;
using harness::test::TemporaryDirectory;

TEST_CASE("the same machine, target and plan: no difference") {
  const EnvironmentSources sources{.executable = "/bin/sh", .plan = "name: sh\n", .seed = 3};
  CHECK(compare(take_environment(sources), take_environment(sources)).empty());
}

TEST_CASE("a target that was rebuilt is noticed, and described in words") {
  TemporaryDirectory place;
  const EnvironmentSources sources{.executable = place / "target", .plan = "", .seed = 3};
  std::ofstream(place / "target") << "one";
  const auto before = take_environment(sources);
  std::ofstream(place / "target") << "two";
  const auto differences = compare(before, take_environment(sources));
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].name == "target_sha256");
  CHECK(differences[0].matters);
  CHECK(differences[0].text ==
        "the target's executable has changed: it was 7692c3ad3540…, it is 3fc4ccfe7458…");
}

TEST_CASE("an image is told by its digest, a target in it by its path there") {
  TemporaryDirectory place;
  std::ofstream(place / "target") << "one";
  EnvironmentSources sources{.executable = "/bin/t", .file = place / "target", .image = "1"};
  const auto before = take_environment(sources);
  CHECK(before.at("target") == "/bin/t");
  CHECK(before.at("target_sha256").starts_with("7692c3ad3540"));
  sources.image = "2";
  const auto differences = compare(before, take_environment(sources));
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].matters);
  CHECK(differences[0].of_target);
  CHECK(differences[0].text == "the image has changed: it was 1, it is 2");
}

TEST_CASE("what matters comes first; another seed or version does not matter") {
  Environment before = take_environment({.executable = "/bin/sh", .plan = "a", .seed = 1});
  Environment after = take_environment({.executable = "/bin/sh", .plan = "b", .seed = 2});
  before.erase("kernel");
  const auto differences = compare(before, after);
  REQUIRE(differences.size() == 3);
  CHECK(differences[0].name == "plan_sha256");
  CHECK(differences[1].text.find("it was not recorded") != std::string::npos);
  CHECK(differences[2].name == "seed");
  CHECK_FALSE(differences[2].matters);
}

TEST_CASE("environment.json comes back, and anything else is refused") {
  const Environment environment = take_environment({.executable = "/no/such/file", .plan = "p"});
  CHECK(environment.at("target_sha256").find("No such file") != std::string::npos);
  CHECK(*parse_environment(environment_json(environment)) == environment);
  for (const char* bad : {"", "[]", "{\"a\": 1}", "{", "null"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_environment(bad));
  }
}
