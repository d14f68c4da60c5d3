// kill -9 at random moments: what was said to be found is there afterwards, and nothing is broken.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"
#include "harness/store/campaign_recorder.hpp"
#include "tests/support/process.hpp"

#include <csignal>
#include <cstdio>
#include <doctest/doctest.h>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace harness;
using namespace harness::store;
using harness::test::TemporaryDirectory;

namespace {

const std::vector<std::string> phases = {"startup", "serving"};

Result<CampaignRecorder> open_recorder(const std::string& path) {
  const bool fresh = !WorkDir::exists(path);
  auto directory = fresh ? WorkDir::create(path) : WorkDir::open(path);
  if (!directory) {
    return std::move(directory).error();
  }
  if (auto locked = directory->lock(); !locked) {
    return std::move(locked).error();
  }
  return fresh ? CampaignRecorder::create(std::move(*directory), phases)
               : CampaignRecorder::resume(std::move(*directory));
}

/// Records random runs forever, and writes the number of each new call to `shown` once it is said
/// to be new. Ends only by a signal, or with a status that names a failure.
[[noreturn]] void write_for_ever(const std::string& path, int shown, Random random) {
  auto recorder = open_recorder(path);
  if (!recorder) {
    std::fprintf(stderr, "child: %s\n", recorder.error().message.c_str());
    ::_exit(1);
  }
  const auto writer = recorder->begin_writer();
  for (;;) {
    const auto number = static_cast<std::int32_t>(random.below(4000));
    RunRecord run{.writer = writer, .reached = {0, 1}};
    run.pairs.push_back(
        {.pair = recorder->pair({"serving", {AuditArch::x86_64, number}, "srv"}), .calls = 1});
    run.input = "args " + std::to_string(number) + "\n";
    run.keep = random.chance(1, 5);
    const auto news = recorder->record(run);
    if (!news) {
      std::fprintf(stderr, "child: %s\n", news.error().message.c_str());
      ::_exit(2);
    }
    if (news->any() && ::write(shown, &number, sizeof number) != sizeof number) {
      ::_exit(3);
    }
    if (random.chance(1, 10) && !recorder->checkpoint()) {
      ::_exit(4);
    }
  }
}

/// Starts a writer, kills it `delay_us` after it has shown `finds` pairs, and adds all that it had
/// shown by then to `shown`.
void write_and_kill(const std::string& path, std::uint64_t finds, unsigned delay_us, Random random,
                    std::set<std::int32_t>& shown) {
  auto pipe = make_pipe();
  REQUIRE(pipe);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    write_for_ever(path, pipe->second.get(), random);
  }
  pipe->second.reset();
  const auto read_one = [&] {
    std::int32_t number = 0;
    const bool there = ::read(pipe->first.get(), &number, sizeof number) == sizeof number;
    if (there) {
      shown.insert(number);
    }
    return there;
  };
  for (std::uint64_t i = 0; i < finds && read_one(); ++i) {
  }
  ::usleep(delay_us);
  ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  while (read_one()) {
  }
}

/// All that a user was shown is on disk, with reproducers that can be read.
void check_all_there(const std::string& path, const std::set<std::int32_t>& shown) {
  auto directory = WorkDir::open(path);
  REQUIRE(directory);
  REQUIRE(directory->lock());
  auto recorder = CampaignRecorder::resume(std::move(*directory));
  REQUIRE(recorder);
  const CampaignState& state = recorder->state();
  for (const auto number : shown) {
    CAPTURE(number);
    const auto pair = state.profile.pairs.find({"serving", {AuditArch::x86_64, number}, "srv"});
    REQUIRE(pair != state.profile.pairs.end());
    const auto text = recorder->directory().input(pair->second.first.input);
    REQUIRE(text);
    REQUIRE(*text == "args " + std::to_string(number) + "\n");
    REQUIRE(pair->second.runs() > 0);
  }
  const auto inputs = recorder->directory().inputs();
  REQUIRE(inputs);
  for (const auto& hash : *inputs) {
    REQUIRE(recorder->directory().input(hash));
  }
  for (const auto& [hash, record] : state.inputs) {
    REQUIRE(recorder->directory().input(hash));
  }
}

void kill_often(int kills) {
  TemporaryDirectory place;
  const std::string path = place / "c";
  Random random(harness::test::property_seed("kill -9"));
  std::set<std::int32_t> shown;
  int before_the_database = 0;
  for (int i = 0; i < kills; ++i) {
    // Lives without a find are killed while they open the directory, the others while they write.
    const auto finds = random.chance(1, 3) ? 0 : random.below(12) + 1;
    const auto delay_us = static_cast<unsigned>(random.below(10'000));
    write_and_kill(path, finds, delay_us, random.derive(static_cast<std::uint64_t>(i)), shown);
    auto directory = WorkDir::open(path);
    if (!directory || !CampaignRecorder::read(*directory)) {
      // Killed while the directory was being made: nothing was shown, and it is begun anew.
      REQUIRE(shown.empty());
      REQUIRE(std::system(("rm -rf '" + path + "'").c_str()) == 0);
      ++before_the_database;
      continue;
    }
    check_all_there(path, shown);
  }
  std::printf("%d kills (%d before there was a database), %zu pairs shown and found again\n", kills,
              before_the_database, shown.size());
  CHECK(shown.size() > 0);
}

} // namespace

TEST_CASE("no shown pair and no input is lost by kill -9") {
  kill_often(12);
}

TEST_CASE("no shown pair and no input is lost by 250 kills" * doctest::test_suite("slow")) {
  kill_often(250);
}
