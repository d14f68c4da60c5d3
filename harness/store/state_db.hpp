// StateDb: `state.db`, the durable form of CampaignState. Everything that a save() has returned
// from survives kill -9 and power loss; a failed save leaves the previous state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/store/campaign_state.hpp"
#include "harness/store/sqlite.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace harness::store {

/// What of CampaignState has changed since it was saved last.
struct Changes {
  std::set<PairKey> pairs;
  std::set<WriterId> writers;         // all counts of these but the next line's
  std::set<WriterId> counter_writers; // counters of kinds `argument` and `error` of these
  std::set<std::string> inputs;
  std::set<std::string> failures;
  std::set<AttemptKey> attempts;
  std::set<CurveKey> curve;
  bool trees = false;
  bool elapsed = false;
  std::map<std::string, std::string> notes;
};

class StateDb {
public:
  /// The layout of the tables; a database of a larger one is refused.
  static constexpr int schema = 1;

  /// A new database for a campaign with these phases.
  static Result<StateDb> create(const std::string& path, const std::vector<std::string>& phases);
  /// Fails for a file that is not a database of harness, was written by a newer one, or is damaged.
  static Result<StateDb> open(const std::string& path, Database::Access access);

  Result<CampaignState> load();
  /// Short texts that a campaign keeps beside its state, by key.
  Result<std::map<std::string, std::string>> load_notes();
  /// Writes what `changes` names, in one durable transaction.
  Result<> save(const CampaignState& state, const Changes& changes);
  /// Everything: for state that comes from elsewhere.
  Result<> save_all(const CampaignState& state);

  /// How long a write waits for another process before it fails; ten seconds unless set.
  void set_patience(std::chrono::milliseconds patience) { database_->set_patience(patience); }

  /// A line in the campaign's log; the oldest ones are forgotten.
  Result<> log(double after_s, const std::string& kind, const std::string& text);
  struct Event {
    double after_s = 0;
    std::string kind;
    std::string text;
  };
  /// The last `most` events, oldest first.
  Result<std::vector<Event>> events(std::size_t most);

private:
  class Statements;
  class Saver;

  explicit StateDb(std::unique_ptr<Database> database);
  Result<> read_numbers();

  std::unique_ptr<Database> database_;
  // Row numbers of names, as they are in the database or in the transaction under way.
  std::map<WriterId, std::int64_t> writer_numbers_;
  std::map<PairKey, std::int64_t> pair_numbers_;
  std::map<PhaseCall, std::int64_t> call_numbers_;
  std::unique_ptr<Statements> statements_;

public:
  StateDb(StateDb&&) noexcept;
  StateDb& operator=(StateDb&&) noexcept;
  ~StateDb();
};

} // namespace harness::store
