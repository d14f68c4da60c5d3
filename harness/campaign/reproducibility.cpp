// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/reproducibility.hpp"

#include "harness/campaign/process_tree.hpp"
#include "harness/pool/replay.hpp"

#include <algorithm>
#include <map>

namespace harness::campaign {

namespace {

bool shows(const RunResult& result, const PairKey& pair, const std::vector<std::string>& phases) {
  return std::any_of(
      result.sightings.begin(), result.sightings.end(),
      [&](const Sighting& sighting) { return pair_of(sighting, result, phases) == pair; });
}

/// Unchecked pairs by the hash of their first input.
std::map<std::string, std::vector<PairKey>> unlabeled(const store::CampaignState& state) {
  std::map<std::string, std::vector<PairKey>> pairs;
  for (const auto& [key, record] : state.profile.pairs) {
    if (record.stability.tried == 0 && !record.first.input.empty()) {
      pairs[record.first.input].push_back(key);
    }
  }
  return pairs;
}

void keep_threads(store::CampaignRecorder& recorder, const RunResult& result,
                  const std::vector<std::string>& phases) {
  for (const auto& process : result.processes) {
    for (const auto& thread : process.threads) {
      for (const auto& sighting : thread.calls) {
        recorder.add_thread_name(pair_of(sighting, result, phases), thread.name);
      }
    }
  }
}

} // namespace

Result<> check_reproducibility(boost::asio::io_context& context, pool::WorkerPool& workers,
                               const pool::Interrupts& interrupts,
                               store::CampaignRecorder& recorder,
                               const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto pairs = unlabeled(recorder.state());
  const std::vector<std::string> phases = recorder.state().profile.phases;
  std::vector<pool::ReplayJob> jobs;
  for (const auto& [hash, keys] : pairs) {
    auto text = recorder.directory().input(hash);
    if (!text) {
      return std::move(text).error();
    }
    jobs.push_back({std::move(*text), reproducibility_repetitions});
  }
  const auto outcomes = pool::replay_all(context, workers, interrupts, jobs,
                                         [&](std::size_t done) { progress(done, jobs.size()); });
  std::size_t next = 0;
  for (const auto& [hash, keys] : pairs) {
    const pool::ReplayOutcome& outcome = outcomes[next++];
    if (outcome.runs.size() < reproducibility_repetitions) {
      continue; // interrupted, or its workers died: no result rather than a wrong one
    }
    for (const auto& key : keys) {
      const auto shown =
          std::count_if(outcome.runs.begin(), outcome.runs.end(), [&](const engine::Replayed& run) {
            return shows(run.result, key, phases);
          });
      const auto kept = recorder.set_stability(
          key, {static_cast<std::uint32_t>(shown), reproducibility_repetitions});
      if (!kept) {
        return kept;
      }
    }
    keep_threads(recorder, outcome.runs.front().result, phases);
    recorder.add_tree(process_tree(outcome.runs.front().result, phases));
  }
  return recorder.checkpoint();
}

} // namespace harness::campaign
