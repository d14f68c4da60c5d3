// Search: one replicate of a campaign: its corpus, its known pairs, its convergence rule, and the
// decision what the next idle worker should do. Pure: no process, no clock, no disk. The explore
// loop reports events to it and executes its commands.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "core/model/shard.hpp"
#include "core/stats/convergence.hpp"
#include "harness/engine/features.hpp"
#include "harness/engine/protocol.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace harness::campaign {

/// Commands for a worker, in this order; empty: there is nothing to do and the worker waits.
using Commands = std::vector<engine::Command>;

class Search {
public:
  struct Options {
    std::vector<std::string> phases; // names in their order
    std::uint32_t replicate = 1;
    Until until = Until::converged;
    stats::Goal goal;
    std::uint64_t quiet_runs = 500;
    std::uint64_t seed = 1;    // of this replicate
    std::uint32_t workers = 1; // that share it
    stats::ConvergenceRule::State state;
    /// Does not search: makes the runs of its shard of this attempt, and is finished.
    struct Part {
      unsigned attempt = 1;
      Shard shard;
    };
    std::optional<Part> part;
  };
  explicit Search(Options options);

  // ---- events
  /// An input for all workers, except the one that already has it in its corpus.
  void add_input(const std::string& text, std::optional<std::uint32_t> not_for = std::nullopt);
  /// The worker may have died of this input: its next process runs it once more.
  void retry(std::uint32_t worker, const std::string& text) { retries_[worker] = text; }
  /// From now on, no worker gets this input.
  void quarantined(const std::string& text);
  void know(const engine::KnownPair& pair);
  void learn_words(const std::vector<std::string>& words);
  /// True if the run showed a feature that no run of this replicate had.
  bool new_features(const std::vector<std::uint32_t>& numbers) {
    return features_.add(numbers) > 0;
  }
  /// A run ended. Returns true if it showed a (phase, call) pair that this replicate did not know.
  bool ran(const engine::Run& run, const std::vector<engine::KnownPair>& pairs);

  // ---- decisions
  /// What worker `worker` should do next: at most `max_runs` runs, about `slice` at a time.
  Commands next(std::uint32_t worker, std::uint64_t slice, std::uint64_t max_runs);
  /// A new process replaces the worker; it has no inputs or pairs yet. Pending runs of the dead one
  /// are granted again; a run that killed its worker twice counts as an incomplete run.
  void began(std::uint32_t worker);
  bool finished() const;

  const stats::ConvergenceRule& rule() const { return rule_; }
  std::uint32_t replicate() const { return options_.replicate; }
  std::uint64_t quiet() const { return quiet_; }
  /// Pairs that failed the attempt under way or the last one.
  const std::set<PairKey>& attempt_news() const { return attempt_news_; }
  bool validating() const;
  std::size_t corpus() const { return corpus_.size(); }

private:
  struct Entry {
    std::string text;
    std::optional<std::uint32_t> not_for;
    bool quarantined = false;
  };
  /// What was sent to a worker process, and the validation runs that it has not finished.
  struct WorkerView {
    std::size_t inputs = 0;
    std::size_t pairs = 0;
    std::size_t words = 0;
    unsigned frozen = 0; // attempt
    std::uint64_t incarnation = 0;
    std::set<std::uint64_t> pending_runs;
  };

  void add_new_pairs(WorkerView& view, std::uint32_t worker, Commands& commands);
  void begin_attempt();
  PhaseIndex index_of(const std::string& phase) const;
  /// The number of the next validation run. It determines the input, whichever worker makes the
  /// run.
  std::uint64_t next_index();
  Commands draw(WorkerView& view, std::uint64_t most);
  std::uint64_t worker_seed(std::uint32_t worker, std::uint64_t incarnation) const;

  Options options_;
  stats::ConvergenceRule rule_;
  std::vector<Entry> corpus_;
  std::set<std::string> hashes_; // of what is or was in corpus_
  std::map<std::uint32_t, std::string> retries_;
  std::vector<engine::KnownPair> known_; // in the order in which they came
  std::map<PairKey, bool> is_known_;
  std::set<PhaseCall> calls_;
  std::vector<std::string> words_;
  engine::FeatureSet features_;
  std::uint64_t quiet_ = 0;
  std::map<std::uint32_t, WorkerView> views_;

  // ---- the attempt under way
  std::set<PhaseCall> frozen_calls_;
  engine::Freeze frozen_{.attempt = 0};
  std::deque<std::uint64_t> to_draw_;
  std::uint64_t indices_ = 0; // granted
  std::uint64_t outstanding_ = 0;
  std::map<std::uint64_t, int> deaths_; // of validation runs, by index
  std::set<PairKey> attempt_news_;
};

} // namespace harness::campaign
