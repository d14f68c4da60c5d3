// SPDX-License-Identifier: Apache-2.0
#include "harness/store/work_dir.hpp"
#include "core/model/input.hpp"
#include "harness/store/input_batch.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

using namespace harness;
using namespace harness::store;
using harness::test::TemporaryDirectory;

namespace fs = std::filesystem;

namespace {

void put(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

WorkDir fresh(const TemporaryDirectory& place) {
  auto made = WorkDir::create(place / "c.campaign");
  REQUIRE(made);
  return std::move(*made);
}

} // namespace

TEST_CASE("what exists is never taken for a new campaign") {
  TemporaryDirectory place;
  fresh(place);
  const auto again = WorkDir::create(place / "c.campaign");
  REQUIRE_FALSE(again);
  CHECK(again.error().code == EEXIST);
}

TEST_CASE("what is no campaign directory is said to be none, and why") {
  TemporaryDirectory place;
  CHECK(WorkDir::open(place / "missing").error().code == ENOENT);
  put(place / "file", "x");
  CHECK(WorkDir::open(place / "file")
            .error()
            .message.find("is not a campaign directory but a file") != std::string::npos);
  CHECK(WorkDir::open(place.path()).error().message.find("no state.db") != std::string::npos);
}

TEST_CASE("one harness at a time") {
  TemporaryDirectory place;
  WorkDir first = fresh(place);
  CHECK_FALSE(first.in_use());
  REQUIRE(first.lock());
  CHECK(first.in_use());
  put(first.database(), "");
  {
    auto second = WorkDir::open(first.path());
    REQUIRE(second);
    const auto locked = second->lock();
    REQUIRE_FALSE(locked);
    CHECK(locked.error().code == EBUSY);
  }
  first = fresh(TemporaryDirectory()); // gives the lock back
  CHECK(WorkDir::open(place / "c.campaign")->lock());
}

TEST_CASE("an input is kept once, under the hash of its text") {
  TemporaryDirectory place;
  const WorkDir directory = fresh(place);
  const auto hash = directory.keep_input("args -l\n");
  REQUIRE(hash);
  CHECK(*hash == input_hash("args -l\n"));
  CHECK(directory.keep_input("args -l\n").ok());
  CHECK(*directory.inputs() == std::vector<std::string>{*hash});
  CHECK(*directory.input(*hash) == "args -l\n");
}

TEST_CASE("many inputs are kept at once, and none of a batch that was given up") {
  TemporaryDirectory place;
  const WorkDir directory = fresh(place);
  REQUIRE(directory.keep_input("args there\n"));
  const auto files = [&] {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(directory.path())) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  };
  {
    InputBatch given_up(directory);
    REQUIRE(given_up.add_input("args a\n"));
    CHECK(directory.inputs()->size() == 1); // it has no name yet
  }
  CHECK(files() == 1);
  InputBatch batch(directory);
  for (const char* text : {"args a\n", "args b\n", "args a\n", "args there\n"}) {
    REQUIRE(batch.add_input(text));
  }
  REQUIRE(batch.add_failure("crash", "args b\n"));
  REQUIRE(batch.keep());
  REQUIRE(batch.keep()); // nothing is left to do
  CHECK(directory.inputs()->size() == 3);
  CHECK(*directory.input(input_hash("args b\n")) == "args b\n");
  CHECK(directory.failure_inputs("crash").size() == 1);
  CHECK(files() == 4);
}

TEST_CASE("a failure's input is found like any other") {
  TemporaryDirectory place;
  const WorkDir directory = fresh(place);
  const auto hash = directory.keep_failure("crash-SIGSEGV", "args -x\n");
  REQUIRE(hash);
  CHECK(*directory.input(*hash) == "args -x\n");
  CHECK(directory.failure_inputs("crash-SIGSEGV").size() == 1);
  CHECK(directory.failure_inputs("other").empty());
  CHECK(directory.inputs()->empty());
}

TEST_CASE("a damaged input is told from a missing one") {
  TemporaryDirectory place;
  const WorkDir directory = fresh(place);
  const auto hash = directory.keep_input("args -l\n");
  put(directory.corpus_file(*hash), "args");
  CHECK(directory.input(*hash).error().message.find("damaged") != std::string::npos);
  CHECK(directory.input("0123456789abcdef").error().code == ENOENT);
  CHECK(directory.input("../plan.yaml").error().code == EINVAL);
}

TEST_CASE("what a killed process left half written is removed, and nothing else") {
  TemporaryDirectory place;
  WorkDir directory = fresh(place);
  const auto kept = directory.keep_input("args -l\n");
  directory.keep_failure("crash", "args -x\n").ok();
  const std::string half = directory.corpus_file("0123456789abcdef.aBcDeF");
  const std::string half_failure = directory.failure_file("crash", "0123456789abcdef.aBcDeF");
  const std::string users_own = directory.corpus_file("README.md");
  put(half, "arg");
  put(half_failure, "arg");
  put(users_own, "mine");
  CHECK(*directory.inputs() == std::vector<std::string>{*kept});
  REQUIRE(directory.lock());
  CHECK_FALSE(fs::exists(half));
  CHECK_FALSE(fs::exists(half_failure));
  CHECK(fs::exists(users_own));
  CHECK(directory.input(*kept));
}
