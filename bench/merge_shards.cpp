// How long `merge` takes, and what it makes, for many shards: made ones, with as many pairs,
// writers, argument classes and inputs as a night of redis leaves.
//   merge-shards DIRECTORY SHARDS [INPUTS]
// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "harness/campaign/merge.hpp"
#include "harness/plan/plan.hpp"
#include "harness/store/environment.hpp"
#include "harness/store/shard_notes.hpp"

#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>

using namespace harness;
namespace fs = std::filesystem;

namespace {

constexpr std::int32_t calls_startup = 70;
constexpr std::int32_t calls_serving = 80;
constexpr int runs_recorded = 40; // counts stand for many; what they weigh does not depend on them
constexpr std::uint64_t argument_classes = 400;

template <typename T> T value_or_throw(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void make_shard(const std::string& path, Shard shard, std::uint64_t inputs) {
  Random random(shard.index);
  auto directory = value_or_throw(store::WorkDir::create(path));
  value_or_throw(directory.lock());
  const std::vector<std::string> phases = {"startup", "serving"};
  CampaignPlan plan{.name = "shard", .target = {.executable = "/bin/true"}};
  plan.phases = {{"startup", LaunchTrigger{}}, {"serving", SymbolTrigger{.name = "main"}}};
  plan.explore.seed = 1;
  const std::string text = plan::serialize_plan(plan);
  value_or_throw(directory.write(directory.plan(), text));
  value_or_throw(
      directory.write(directory.environment(),
                      store::environment_json(store::take_environment(
                          {.executable = "/bin/true", .plan = text, .version = "bench"}))));
  auto recorder = value_or_throw(store::CampaignRecorder::create(std::move(directory), phases));
  store::note_shard(recorder, shard);
  const auto writer = recorder.begin_writer();
  for (int run = 0; run < runs_recorded; ++run) {
    store::RunRecord record{.writer = writer, .reached = {0, 1}, .input = "args first\n"};
    for (PhaseIndex phase = 0; phase < 2; ++phase) {
      for (std::int32_t call = 0; call < (phase == 0 ? calls_startup : calls_serving); ++call) {
        record.pairs.push_back(
            {.pair = recorder.pair({phases[phase], {AuditArch::x86_64, call}, "target"}),
             .calls = 3});
      }
    }
    value_or_throw(recorder.record(record));
  }
  // A tenth of the inputs is what every shard finds.
  for (std::uint64_t input = 0; input < inputs; ++input) {
    const bool common = input % 10 == 0;
    value_or_throw(recorder.keep_seed(fmt::format("args {}\n", common ? input : random.next())));
  }
  std::vector<ArgumentClass> classes;
  for (std::uint64_t i = 0; i < argument_classes; ++i) {
    ArgumentClass one;
    one.phase = static_cast<PhaseIndex>(i % 2);
    one.call = {AuditArch::x86_64, static_cast<std::int32_t>(i % calls_startup)};
    one.argument = static_cast<std::uint8_t>(i % 6);
    one.value = i;
    one.times = 1;
    classes.push_back(one);
  }
  recorder.tally(writer, classes, {});
  value_or_throw(recorder.checkpoint());
}

std::uintmax_t bytes_of(const fs::path& file) {
  return fs::file_size(file);
}

} // namespace

int main(int argc, char** argv) {
  const fs::path place = argc > 1 ? argv[1] : "merge-shards.bench";
  const auto count = static_cast<std::uint32_t>(argc > 2 ? std::stoul(argv[2]) : 100);
  const std::uint64_t inputs = argc > 3 ? std::stoul(argv[3]) : 100;
  fs::create_directories(place);
  std::vector<std::string> shards;
  auto start = std::chrono::steady_clock::now();
  for (std::uint32_t i = 1; i <= count; ++i) {
    shards.push_back(place / fmt::format("shard-{}", i));
    make_shard(shards.back(), {i, count}, inputs);
  }
  fmt::print("made {} shards in {:.1f} s; state.db of one: {} kB\n", count, seconds_since(start),
             bytes_of(fs::path(shards.front()) / "state.db") / 1024);
  start = std::chrono::steady_clock::now();
  const auto report = campaign::merge_campaigns(place / "merged", shards, {});
  const double merged_s = seconds_since(start);
  fmt::print(
      "merged {} runs, {} pairs, {} inputs in {:.1f} s ({:.1f} ms a shard); state.db: {} kB\n",
      report.runs, report.pairs, report.inputs, merged_s, merged_s * 1000 / count,
      bytes_of(place / "merged" / "state.db") / 1024);
  start = std::chrono::steady_clock::now();
  campaign::merge_campaigns(place / "merged", {shards.front()}, {});
  fmt::print("one more into it: {:.1f} s\n", seconds_since(start));
}
