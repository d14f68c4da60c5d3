// A full disk ends with a clear message; once there is space again everything goes on.
// SPDX-License-Identifier: Apache-2.0
#include "harness/store/campaign_recorder.hpp"
#include "tests/support/process.hpp"
#include "tests/support/small_disk.hpp"

#include <cerrno>
#include <doctest/doctest.h>

using namespace harness;
using namespace harness::store;
using harness::test::SmallDisk;
using harness::test::TemporaryDirectory;

namespace {

RunRecord run_of(CampaignRecorder& recorder, WriterIndex writer, std::int32_t number,
                 std::size_t bytes) {
  RunRecord run{.writer = writer, .reached = {1}};
  run.pairs.push_back(
      {.pair = recorder.pair({"serving", {AuditArch::x86_64, number}, "srv"}), .calls = 1});
  run.input = "args " + std::to_string(number) + " " + std::string(bytes, 'a') + "\n";
  return run;
}

} // namespace

TEST_CASE("a full disk: a clear message, no damage, and on it goes when there is space") {
  // With large inputs the corpus hits the limit first, with small ones the database.
  for (const std::size_t input_bytes : {std::size_t{10}, std::size_t{20'000}}) {
    CAPTURE(input_bytes);
    TemporaryDirectory place;
    SmallDisk disk(place.path(), "size=4m");
    if (!disk.mounted()) {
      return;
    }
    std::int32_t found = 0;
    {
      auto directory = WorkDir::create(place / "c");
      REQUIRE(directory);
      auto recorder = CampaignRecorder::create(std::move(*directory), {"startup", "serving"});
      REQUIRE(recorder);
      const auto writer = recorder->begin_writer();
      REQUIRE(recorder->record(run_of(*recorder, writer, found++, input_bytes)));
      disk.fill(input_bytes < 100 ? 64 * 1024 : 200 * 1024);
      Result<NewPairs> last = NewPairs{};
      for (; found < 10'000; ++found) {
        last = recorder->record(run_of(*recorder, writer, found, input_bytes));
        if (!last) {
          break;
        }
      }
      REQUIRE_FALSE(last);
      CAPTURE(last.error().message);
      CHECK(last.error().code == ENOSPC);
      CHECK(last.error().message.find("--resume") != std::string::npos);
    }
    {
      // While it is still full, what was found can be read.
      const auto directory = WorkDir::open(place / "c");
      REQUIRE(directory);
      const auto state = CampaignRecorder::read(*directory);
      REQUIRE(state);
      CHECK(state->profile.pairs.size() >= static_cast<std::size_t>(found));
    }
    disk.free();
    auto resumed = WorkDir::open(place / "c");
    REQUIRE(resumed);
    REQUIRE(resumed->lock());
    auto recorder = CampaignRecorder::resume(std::move(*resumed));
    REQUIRE(recorder);
    for (std::int32_t i = 0; i < found; ++i) {
      const auto& pairs = recorder->state().profile.pairs;
      const auto pair = pairs.find({"serving", {AuditArch::x86_64, i}, "srv"});
      REQUIRE(pair != pairs.end());
      REQUIRE(recorder->directory().input(pair->second.first.input));
    }
    const auto writer = recorder->begin_writer();
    CHECK(recorder->record(run_of(*recorder, writer, 20'000, input_bytes)));
    CHECK(recorder->checkpoint());
  }
}
