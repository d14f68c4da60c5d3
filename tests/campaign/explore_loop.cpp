// The real coordinator (workers, searches, recorder, state.db) with workers that make their results
// up: how a loop ends, and that neither memory nor disk grow with the runs, over a million of them.
// What the whole costs with a real target: bench/flat.sh.
// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/explore_loop.hpp"
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "tests/support/process.hpp"

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <thread>

using namespace harness;
using namespace harness::campaign;

namespace {

struct Sample {
  std::uint64_t runs = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;
};

/// Of this process; pages that are shared with others count in part.
std::uint64_t proportional_bytes() {
  const auto text = read_file("/proc/self/smaps_rollup");
  for (const auto& line : split(text ? *text : "", '\n')) {
    if (line.starts_with("Pss:")) {
      const auto words = split_words(line);
      return words ? static_cast<std::uint64_t>(parse_integer(words->at(1)).value_or(0)) * 1024 : 0;
    }
  }
  return 0;
}

/// Blocks, not sizes: small files take more than they hold.
std::uint64_t disk_bytes(const std::string& path) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    struct ::stat info {};
    bytes += ::lstat(entry.path().c_str(), &info) == 0
                 ? static_cast<std::uint64_t>(info.st_blocks) * 512
                 : 0;
  }
  return bytes;
}

class Sampler final : public pool::ProgressObserver {
public:
  explicit Sampler(std::string directory) : directory_(std::move(directory)) {}
  void update(const reports::LiveState& state) override {
    if (samples.empty() || state.runs >= samples.back().runs + 100'000) {
      take(state.runs);
    }
  }
  void take(std::uint64_t runs) {
    samples.push_back({runs, proportional_bytes(), disk_bytes(directory_)});
    const Sample& last = samples.back();
    std::printf("%9s runs: %5.1f MB of memory, %5.1f MB of disk\n", with_commas(runs).c_str(),
                static_cast<double>(last.memory_bytes) / 1e6,
                static_cast<double>(last.disk_bytes) / 1e6);
    std::fflush(stdout);
  }
  std::vector<Sample> samples;

private:
  std::string directory_;
};

/// A fresh campaign in a directory, and a worker pool of two synthetic workers.
class Setting {
public:
  Setting() {
    auto directory = store::WorkDir::create(place / "c");
    REQUIRE(directory);
    REQUIRE(directory->lock());
    auto made = store::CampaignRecorder::create(std::move(*directory), {"startup", "serving"});
    REQUIRE(made);
    recorder.emplace(std::move(*made));
    workers.emplace(context, pool::WorkerPool::Options{
                                 .workers = 2,
                                 .launch = [this](pool::WorkerNumber) { return launch(); },
                                 .log = place / "workers.log"});
  }

  /// A loop of N runs, destroyed when this returns.
  LoopEnd explore(std::uint64_t runs, pool::ProgressObserver& observer) {
    std::vector<Search> searches;
    searches.emplace_back(
        Search::Options{.phases = {"startup", "serving"}, .until = Until::budget, .workers = 2});
    ExploreLoop loop(context, *workers, *recorder, searches, interrupts, observer,
                     {.phases = {},
                      .until = Until::budget,
                      .time_budget = std::nullopt,
                      .run_budget = runs,
                      .name = "synthetic"});
    const LoopEnd end = loop.run();
    CHECK(loop.runs() == runs);
    return end;
  }

  const test::TemporaryDirectory place;
  boost::asio::io_context context;
  const pool::Interrupts interrupts{context};
  std::optional<store::CampaignRecorder> recorder;
  std::optional<pool::WorkerPool> workers;
  std::uint64_t started = 0;

private:
  pool::Launch launch() {
    return {.command = {SYNTHETIC_WORKER, std::to_string(++started)},
            .setup = {},
            .host_directory = ""};
  }
};

/// Keeps the event loop from looking up, so that clock and workers are ready at the same time.
class Slow final : public pool::ProgressObserver {
public:
  void update(const reports::LiveState&) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
  }
};

} // namespace

TEST_CASE("what has expired when a loop ends does not reach it any more") {
  Setting setting;
  Slow observer;
  for (int i = 0; i < 10; ++i) {
    CHECK(setting.explore(8, observer) == LoopEnd::run_budget);
    setting.workers->dismiss();
    setting.context.restart();
    setting.context.poll(); // as labeling does, when the loop is gone
  }
}

TEST_CASE("a coordinator's memory and disk are flat over a million runs" *
          doctest::test_suite("slow")) {
  constexpr std::uint64_t runs = 1'000'000;
  Setting setting;
  Sampler sampler(setting.place / "c");
  REQUIRE(setting.explore(runs, sampler) == LoopEnd::run_budget);
  sampler.take(runs);
  CHECK(setting.recorder->state().profile.total_runs() == runs);
  CHECK(setting.started > 8); // workers were replaced meanwhile
  const Sample& last = sampler.samples.back();
  CHECK(last.memory_bytes < 100'000'000);
  CHECK(last.disk_bytes < 50'000'000);
  // What little there is belongs to what was found (a thousand kept inputs), not to the runs.
  const Sample& half = sampler.samples.at(sampler.samples.size() / 2);
  CHECK(last.memory_bytes < half.memory_bytes + 10'000'000);
  CHECK(last.disk_bytes < half.disk_bytes + 10'000'000);
}
