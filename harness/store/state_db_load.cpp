// SPDX-License-Identifier: Apache-2.0
#include "harness/store/row_text.hpp"
#include "harness/store/state_db.hpp"
#include "harness/store/state_db_statements.hpp"

#include <unordered_map>

namespace harness::store {

namespace {

/// The rows of all tables, put together again.
class Loader {
public:
  template <typename Statements> Result<CampaignState> load(Statements& statements) {
    // One read transaction: a writer may go on meanwhile.
    auto read = statements.run("BEGIN");
    const auto table = [&](const char* sql, auto use) {
      if (read) {
        read = statements.each(sql, [&](const Row& row) { use(row); });
      }
    };
    table("SELECT name FROM phase ORDER BY position",
          [&](const Row& row) { state_.profile.phases.push_back(row.text(0)); });
    table("SELECT campaign, seconds FROM elapsed",
          [&](const Row& row) { state_.elapsed_s[row.text(0)] = row.real(1); });
    table("SELECT id, name, campaign, replicate, runs, incomplete FROM writer",
          [&](const Row& row) { writer(row); });
    table("SELECT phase, writer, runs FROM phase_run", [&](const Row& row) {
      state_.profile.phase_runs[row.text(0)][writers_[row.integer(1)]] = row.count(2);
    });
    table("SELECT id, phase, arch, number, executable, first_run, after_s, input, reproducer_from, "
          "backtrace, shown, tried, only_faulted, threads FROM pair",
          [&](const Row& row) { pair(row); });
    table("SELECT pair, writer, calls, runs FROM pair_count", [&](const Row& row) {
      if (PairRecord* record = pairs_[row.integer(0)]) {
        record->counts[writers_[row.integer(1)]] = {row.count(2), row.count(3)};
      }
    });
    table("SELECT id, phase, arch, number FROM call", [&](const Row& row) {
      calls_[row.integer(0)] = {row.text(1), call(row, 2)};
    });
    table("SELECT call, writer, runs, first_run FROM incidence", [&](const Row& row) {
      state_.incidence[calls_[row.integer(0)]][writers_[row.integer(1)]] = {row.count(2),
                                                                            row.count(3)};
    });
    table("SELECT kind, name, writer, count FROM counter", [&](const Row& row) {
      const auto kind = static_cast<Counter::Kind>(row.integer(0));
      state_.counters[{kind, row.text(1)}][writers_[row.integer(2)]] = row.count(3);
    });
    table("SELECT hash, bytes, run, after_s, campaign, replicate, calls FROM input",
          [&](const Row& row) { input(row); });
    table("SELECT bucket, kind, what, first_run, after_s, first_input, last_calls, output_tail "
          "FROM failure",
          [&](const Row& row) { failure(row); });
    table("SELECT campaign, replicate, number, planned, alpha, state, runs, news_runs, incomplete, "
          "incomplete_news, phases, news, began_at_run, began_after_s FROM attempt",
          [&](const Row& row) { attempt(row); });
    table("SELECT campaign, runs, after_s, corpus, pairs FROM curve", [&](const Row& row) {
      state_.curve[{row.text(0), row.count(1)}] = {row.real(2), row.count(3),
                                                   parse_counts(row.text(4))};
    });
    table("SELECT text FROM tree", [&](const Row& row) { state_.trees.insert(row.text(0)); });
    (void)statements.run("COMMIT");
    if (!read) {
      return std::move(read).error();
    }
    return std::move(state_);
  }

private:
  static SyscallId call(const Row& row, int column) {
    return {static_cast<AuditArch>(row.integer(column)),
            static_cast<std::int32_t>(row.integer(column + 1))};
  }
  static Origin origin(const Row& row, int column) {
    return {row.text(column), static_cast<std::uint32_t>(row.integer(column + 1))};
  }

  void writer(const Row& row) {
    const WriterId name = row.text(1);
    writers_[row.integer(0)] = name;
    state_.writers[name] = origin(row, 2);
    state_.profile.runs[name] = row.count(4);
    state_.profile.incomplete_runs[name] = row.count(5);
  }

  void pair(const Row& row) {
    const PairKey key{row.text(1), call(row, 2), row.text(4)};
    PairRecord& record = state_.profile.pairs[key];
    record.first = {.run = row.count(5),
                    .after_s = row.real(6),
                    .input = row.text(7),
                    .reproducer_from = row.text(8),
                    .backtrace = parse_backtrace(row.text(9))};
    record.stability = {static_cast<std::uint32_t>(row.integer(10)),
                        static_cast<std::uint32_t>(row.integer(11))};
    record.only_faulted = row.integer(12) != 0;
    const auto threads = parse_words(row.text(13));
    if (!threads.empty()) {
      state_.threads[key] = {threads.begin(), threads.end()};
    }
    pairs_[row.integer(0)] = &record;
  }

  void input(const Row& row) {
    InputRecord& record = state_.inputs[row.text(0)];
    record.bytes = row.count(1);
    record.run = row.count(2);
    record.after_s = row.real(3);
    record.origin = origin(row, 4);
    std::map<std::string, std::vector<SyscallId>> calls;
    for (const auto id : parse_numbers(row.text(6))) {
      const PhaseCall& pair = calls_[id];
      calls[pair.phase].push_back(pair.call);
    }
    for (auto& [phase, ids] : calls) {
      record.pairs[phase] = SyscallSet(std::move(ids));
    }
  }

  void failure(const Row& row) {
    state_.failures[row.text(0)] = {.first_run = row.count(3),
                                    .after_s = row.real(4),
                                    .first_input = row.text(5),
                                    .kind = static_cast<FailureRecord::Kind>(row.integer(1)),
                                    .what = row.text(2),
                                    .last_calls = parse_words(row.text(6)),
                                    .output_tail = row.text(7)};
  }

  void attempt(const Row& row) {
    const auto number = static_cast<unsigned>(row.integer(2));
    AttemptRecord& record = state_.attempts[{origin(row, 0), number}];
    record.attempt = {.number = number,
                      .planned_runs = row.count(3),
                      .alpha = row.real(4),
                      .state = static_cast<stats::Attempt::State>(row.integer(5)),
                      .runs = row.count(6),
                      .news = row.count(7),
                      .incomplete = row.count(8),
                      .incomplete_news = row.count(9),
                      .phases = parse_tallies(row.text(10))};
    record.news = parse_pairs(row.text(11));
    record.began_at_run = row.count(12);
    record.began_after_s = row.real(13);
  }

  CampaignState state_;
  std::unordered_map<std::int64_t, WriterId> writers_;
  std::unordered_map<std::int64_t, PairRecord*> pairs_;
  std::unordered_map<std::int64_t, PhaseCall> calls_;
};

} // namespace

Result<CampaignState> StateDb::load() {
  return Loader().load(*statements_);
}

} // namespace harness::store
