// SPDX-License-Identifier: Apache-2.0
#include "harness/store/row_text.hpp"
#include "harness/store/state_db.hpp"
#include "harness/store/state_db_statements.hpp"

#include <algorithm>

namespace harness::store {

/// One transaction's worth of rows. The first failure ends it; what follows does nothing.
class StateDb::Saver {
public:
  Saver(StateDb& state, const CampaignState& campaign_state)
      : state_(state), campaign_state_(campaign_state) {}

  Result<> save(const Changes& changes) {
    run("BEGIN IMMEDIATE");
    write(changes);
    run("COMMIT");
    if (!outcome_) {
      // SQLite has rolled back by itself after some failures; then there is nothing to undo.
      (void)state_.statements_->run("ROLLBACK");
      (void)state_.read_numbers();
    }
    return std::move(outcome_);
  }

private:
  template <typename... Values> void run(const char* sql, const Values&... values) {
    if (outcome_) {
      outcome_ = state_.statements_->run(sql, values...);
    }
  }

  void write(const Changes& changes) {
    for (std::size_t i = 0; i < campaign_state_.profile.phases.size(); ++i) {
      run("INSERT OR IGNORE INTO phase VALUES(?, ?)", i, campaign_state_.profile.phases[i]);
    }
    for (const auto& writer : changes.writers) {
      write_writer(writer);
    }
    for (const auto& key : changes.pairs) {
      write_pair(key);
    }
    write_counts(changes);
    for (const auto& hash : changes.inputs) {
      write_input(hash);
    }
    for (const auto& bucket : changes.failures) {
      write_failure(bucket);
    }
    for (const auto& key : changes.attempts) {
      write_attempt(key);
    }
    for (const auto& key : changes.curve) {
      const CurveRecord& point = campaign_state_.curve.at(key);
      run("REPLACE INTO curve VALUES(?, ?, ?, ?, ?)", key.first, key.second, point.after_s,
          point.corpus, counts_text(point.pairs));
    }
    if (changes.trees) {
      run("DELETE FROM tree");
      for (const auto& tree : campaign_state_.trees) {
        run("INSERT INTO tree VALUES(?)", tree);
      }
    }
    if (changes.elapsed) {
      for (const auto& [campaign, elapsed] : campaign_state_.elapsed_s) {
        run("REPLACE INTO elapsed VALUES(?, ?)", campaign, elapsed);
      }
    }
    for (const auto& [key, value] : changes.notes) {
      run("REPLACE INTO note VALUES(?, ?)", key, value);
    }
  }

  template <typename Key>
  static std::int64_t number_of(std::map<Key, std::int64_t>& numbers, const Key& key) {
    // Rows are never removed, so the next number is one more than there are.
    return numbers.try_emplace(key, static_cast<std::int64_t>(numbers.size()) + 1).first->second;
  }

  static std::uint64_t of(const RunCounts& counts, const WriterId& writer) {
    const auto found = counts.find(writer);
    return found == counts.end() ? 0 : found->second;
  }

  void write_writer(const WriterId& writer) {
    const auto found = campaign_state_.writers.find(writer);
    const Origin origin = found == campaign_state_.writers.end() ? Origin{} : found->second;
    const auto id = number_of(state_.writer_numbers_, writer);
    run("REPLACE INTO writer VALUES(?, ?, ?, ?, ?, ?)", id, writer, origin.campaign,
        origin.replicate, of(campaign_state_.profile.runs, writer),
        of(campaign_state_.profile.incomplete_runs, writer));
    for (const auto& [phase, counts] : campaign_state_.profile.phase_runs) {
      if (counts.contains(writer)) {
        run("REPLACE INTO phase_run VALUES(?, ?, ?)", phase, id, counts.at(writer));
      }
    }
  }

  void write_pair(const PairKey& key) {
    const PairRecord& record = campaign_state_.profile.pairs.at(key);
    const auto names = campaign_state_.threads.find(key);
    const auto threads = names == campaign_state_.threads.end()
                             ? std::vector<std::string>{}
                             : std::vector<std::string>(names->second.begin(), names->second.end());
    run("REPLACE INTO pair VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        number_of(state_.pair_numbers_, key), key.phase, static_cast<std::uint32_t>(key.call.arch),
        key.call.number, key.executable, record.first.run, record.first.after_s, record.first.input,
        record.first.reproducer_from, backtrace_text(record.first.backtrace),
        record.stability.shown, record.stability.tried, record.only_faulted, words_text(threads));
  }

  void write_counts(const Changes& changes) {
    for (const auto& [key, record] : campaign_state_.profile.pairs) {
      for (const auto& writer : changes.writers) {
        const auto count = record.counts.find(writer);
        if (count != record.counts.end()) {
          run("REPLACE INTO pair_count VALUES(?, ?, ?, ?)", pair(key),
              number_of(state_.writer_numbers_, writer), count->second.calls, count->second.runs);
        }
      }
    }
    for (const auto& [pair, counts] : campaign_state_.incidence) {
      for (const auto& writer : changes.writers) {
        const auto count = counts.find(writer);
        if (count != counts.end()) {
          run("REPLACE INTO incidence VALUES(?, ?, ?, ?)", call(pair),
              number_of(state_.writer_numbers_, writer), count->second.runs,
              count->second.first_run);
        }
      }
    }
    for (const auto& [counter, counts] : campaign_state_.counters) {
      const bool many =
          counter.kind == Counter::Kind::argument || counter.kind == Counter::Kind::error;
      for (const auto& writer : many ? changes.counter_writers : changes.writers) {
        const auto count = counts.find(writer);
        if (count != counts.end()) {
          run("REPLACE INTO counter VALUES(?, ?, ?, ?)", static_cast<int>(counter.kind),
              counter.name, number_of(state_.writer_numbers_, writer), count->second);
        }
      }
    }
  }

  /// The row of a pair; one that was never written before is now.
  std::int64_t pair(const PairKey& key) {
    if (!state_.pair_numbers_.contains(key)) {
      write_pair(key);
    }
    return state_.pair_numbers_[key];
  }

  std::int64_t call(const PhaseCall& pair) {
    const bool known = state_.call_numbers_.contains(pair);
    const auto id = number_of(state_.call_numbers_, pair);
    if (!known) {
      run("INSERT INTO call VALUES(?, ?, ?, ?)", id, pair.phase,
          static_cast<std::uint32_t>(pair.call.arch), pair.call.number);
    }
    return id;
  }

  void write_input(const std::string& hash) {
    const InputRecord& record = campaign_state_.inputs.at(hash);
    std::vector<std::int64_t> calls;
    for (const auto& [phase, set] : record.pairs) {
      for (const SyscallId id : set) {
        calls.push_back(call({phase, id}));
      }
    }
    std::sort(calls.begin(), calls.end());
    run("REPLACE INTO input VALUES(?, ?, ?, ?, ?, ?, ?)", hash, record.bytes, record.run,
        record.after_s, record.origin.campaign, record.origin.replicate, numbers_text(calls));
  }

  void write_failure(const std::string& bucket) {
    const FailureRecord& record = campaign_state_.failures.at(bucket);
    run("REPLACE INTO failure VALUES(?, ?, ?, ?, ?, ?, ?, ?)", bucket,
        static_cast<int>(record.kind), record.what, record.first_run, record.after_s,
        record.first_input, words_text(record.last_calls), record.output_tail);
  }

  void write_attempt(const AttemptKey& key) {
    const AttemptRecord& record = campaign_state_.attempts.at(key);
    const stats::Attempt& attempt = record.attempt;
    run("REPLACE INTO attempt VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", key.first.campaign,
        key.first.replicate, key.second, attempt.planned_runs, attempt.alpha,
        static_cast<int>(attempt.state), attempt.runs, attempt.news, attempt.incomplete,
        attempt.incomplete_news, tallies_text(attempt.phases), pairs_text(record.news),
        record.began_at_run, record.began_after_s);
  }

  StateDb& state_;
  const CampaignState& campaign_state_;
  Result<> outcome_ = Done{};
};

Result<> StateDb::save(const CampaignState& campaign_state, const Changes& changes) {
  return Saver(*this, campaign_state).save(changes);
}

Result<> StateDb::save_all(const CampaignState& campaign_state) {
  const auto insert_keys = [](auto& keys, const auto& map) {
    for (const auto& [key, value] : map) {
      keys.insert(key);
    }
  };
  Changes changes{.trees = true, .elapsed = true};
  insert_keys(changes.pairs, campaign_state.profile.pairs);
  insert_keys(changes.writers, campaign_state.writers);
  changes.counter_writers = changes.writers;
  insert_keys(changes.inputs, campaign_state.inputs);
  insert_keys(changes.failures, campaign_state.failures);
  insert_keys(changes.attempts, campaign_state.attempts);
  insert_keys(changes.curve, campaign_state.curve);
  return save(campaign_state, changes);
}

} // namespace harness::store
