// A million runs: neither memory nor disk may grow with them.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"
#include "harness/store/campaign_recorder.hpp"
#include "tests/support/process.hpp"

#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace harness;
using namespace harness::store;
using harness::test::TemporaryDirectory;

namespace {

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  statm >> pages >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t directory_bytes(const std::string& path) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    bytes += entry.is_regular_file() ? entry.file_size() : 0;
  }
  return bytes;
}

/// Runs with some forty calls each, of a target that knows a hundred; four workers, one of which is
/// started anew now and then. Every thousandth run is kept for a feature of its own.
void explore(CampaignRecorder& recorder, std::uint64_t runs, Random& random) {
  std::vector<WriterIndex> writers;
  for (int i = 0; i < 4; ++i) {
    writers.push_back(recorder.begin_writer());
  }
  for (std::uint64_t i = 0; i < runs; ++i) {
    if (i % 20'000 == 19'999) {
      writers[random.below(4)] = recorder.begin_writer();
    }
    RunRecord run{.writer = writers[random.below(4)], .reached = {0, 1}};
    for (std::int32_t call = 0; call < 36; ++call) {
      run.pairs.push_back(
          {.pair = recorder.pair(
               {call % 2 == 0 ? "startup" : "serving", {AuditArch::x86_64, call}, "srv"}),
           .calls = 3});
    }
    const auto rare = static_cast<std::int32_t>(36 + random.below(64));
    run.pairs.push_back(
        {.pair = recorder.pair({"serving", {AuditArch::x86_64, rare}, "srv"}), .calls = 1});
    run.keep = random.chance(1, 1000);
    run.input = run.keep || !recorder.known(run.pairs.back().pair)
                    ? "args " + std::to_string(i) + " " + random.bytes(100) + "\n"
                    : "";
    REQUIRE(recorder.record(run));
    recorder.tally(run.writer,
                   {{.phase = 1,
                     .call = {AuditArch::x86_64, 2},
                     .argument = 1,
                     .value = random.next(),
                     .times = 1}},
                   {});
    if (i % 10'000 == 0) {
      REQUIRE(recorder.checkpoint());
    }
  }
  REQUIRE(recorder.checkpoint());
}

} // namespace

TEST_CASE("a million runs stay within 100 MB of memory and of disk" * doctest::test_suite("slow")) {
  TemporaryDirectory place;
  auto directory = WorkDir::create(place / "c");
  REQUIRE(directory);
  auto recorder = CampaignRecorder::create(std::move(*directory), {"startup", "serving"});
  REQUIRE(recorder);
  Random random(harness::test::property_seed("flat"));
  const auto before = resident_bytes();
  explore(*recorder, 1'000'000, random);
  const auto memory = resident_bytes() - before;
  const auto disk = directory_bytes(place.path());
  std::printf("1,000,000 runs: %.1f MB of memory, %.1f MB of disk, %zu inputs, %zu curve points\n",
              static_cast<double>(memory) / 1e6, static_cast<double>(disk) / 1e6,
              recorder->state().inputs.size(), recorder->state().curve.size());
  CHECK(memory < 100'000'000);
  CHECK(disk < 100'000'000);
  CHECK(recorder->state().total(Counter::Kind::dropped) >
        0); // a value that never repeats is cut off
  CHECK(recorder->state().profile.total_runs() == 1'000'000);
}
