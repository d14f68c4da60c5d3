// CampaignRecorder: the open state of a campaign directory. It takes the results of runs, holds the
// state in memory, and returns from record() only when every new pair and its input are on disk, so
// that nothing that was reported as new can be lost. Independent of workers, libFuzzer and the
// screen.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "harness/store/state_db.hpp"
#include "harness/store/work_dir.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace harness::store {

/// A pair's position in CampaignRecorder's list; valid as long as the CampaignRecorder lives.
using PairIndex = std::uint32_t;
/// A writer's position, likewise.
using WriterIndex = std::uint32_t;

/// What one run showed of a pair.
struct PairSighting {
  PairIndex pair = 0;
  std::optional<std::uint64_t> calls; // null: it ran free
  bool only_faulted = false;
  std::vector<CodeLocation> backtrace; // of the first call; used if the pair is new
};

/// One run of the target, as far as the state cares.
struct RunRecord {
  WriterIndex writer = 0;
  double after_s = 0; // seconds since the campaign began, pauses left out
  /// A row of the incidence matrix: drawn or explored in `count`. An incomplete run never is one.
  bool row = true;
  std::vector<Incomplete> incomplete; // empty: seen whole
  std::vector<PhaseIndex> reached;    // without duplicates
  std::vector<PairSighting> pairs;    // without duplicates
  bool crashed = false;
  bool timed_out = false;
  std::string bucket; // of its failure; "" = none
  /// The text of its input. Needed where the run shows a new pair; may be empty otherwise.
  std::string input;
  /// Keep the input even though no pair is new (it showed another new feature).
  bool keep = false;
};

/// What a run added.
struct NewPairs {
  std::uint64_t run = 0;      // its number in this campaign, from 1
  std::vector<PairKey> pairs; // new by phase, call and executable, or seen without a fault at last
  std::vector<PhaseCall> calls; // of them, those new by phase and call
  std::string input;            // hash, if the input was given
  bool any() const { return !pairs.empty(); }
};

class CampaignRecorder {
public:
  /// A new campaign in `directory`, which must be fresh and locked.
  static Result<CampaignRecorder> create(WorkDir directory, const std::vector<std::string>& phases);
  /// Goes on with the campaign in `directory`, which must be locked.
  static Result<CampaignRecorder> resume(WorkDir directory);
  /// Reads the state of a campaign that may be running.
  static Result<CampaignState> read(const WorkDir& directory);
  static Result<std::map<std::string, std::string>> read_notes(const WorkDir& directory);

  const WorkDir& directory() const { return directory_; }
  const CampaignState& state() const { return state_; }
  /// Random, 16 hexadecimal digits; made with the campaign and kept.
  const std::string& campaign() const { return campaign_; }
  std::uint64_t runs() const { return runs_; }

  /// A fresh writer incarnation: one for each start of a worker.
  WriterIndex begin_writer(std::uint32_t replicate = 1);
  /// A phase that the campaign does not have counts as one beyond its last.
  PairIndex pair(const PairKey& key);
  const PairKey& key(PairIndex pair) const { return *pairs_[pair].key; }
  /// True if a run has shown it, without the help of a fault if that is what `plainly` asks.
  bool known(PairIndex pair, bool plainly = false) const;

  /// Counts a run. If it shows a new pair, its input and the pair are on disk when this returns.
  /// After an error nothing of the run is counted as shown; the campaign should stop.
  Result<NewPairs> record(const RunRecord& run);
  /// Adds to the counts of argument classes and errors of `writer`.
  void tally(WriterIndex writer, const std::vector<ArgumentClass>& arguments,
             const std::vector<ErrnoSeen>& errors);
  /// Takes a failure's input and description; only the first `max_failure_inputs` of a bucket are
  /// kept.
  Result<> record_failure(const std::string& bucket, FailureRecord failure, std::string_view input);
  static constexpr std::size_t max_failure_inputs = 10;
  /// Keeps an input that no run of this campaign brought (a seed).
  Result<std::string> keep_seed(std::string_view text);

  Result<> set_stability(const PairKey& pair, Stability stability);
  /// Left out for a pair that no run has shown.
  void add_thread_name(const PairKey& pair, const std::string& name);
  void add_tree(const ProcessNode& root);
  void set_elapsed(double seconds);

  /// The rule's memory of a replicate, to be given back to it on resume.
  stats::ConvergenceRule::State convergence(std::uint32_t replicate = 1) const;
  /// Durable when it returns if an attempt has begun or ended. `news` belongs to the last attempt.
  Result<> set_convergence(const stats::ConvergenceRule::State& state,
                           const std::set<PairKey>& news = {}, std::uint32_t replicate = 1);

  /// The name under which an attempt of all that was merged here is kept.
  AttemptKey whole_attempt(unsigned number) const { return {{campaign_, whole}, number}; }

  /// A short text that belongs to the campaign; written with the next checkpoint.
  void set_note(const std::string& key, const std::string& value);
  std::optional<std::string> note(const std::string& key) const;
  const std::map<std::string, std::string>& notes() const { return notes_; }
  Result<> log(const std::string& kind, const std::string& text);

  /// Joins the state of another campaign into this one; see CampaignState::merge.
  Result<> absorb(const CampaignState& other);

  /// Writes all that has changed, and progress.csv. To be called every second or so and at the end.
  Result<> checkpoint();

private:
  /// The name of a phase that the campaign does not have.
  static constexpr std::string_view beyond_the_last = "beyond-the-last";

  struct PairSlot {
    const PairKey* key = nullptr;
    PairRecord* record = nullptr; // null: not seen yet
    std::size_t call = 0;         // in calls_
    // The count of the writer that saw it last: nearly always the next one, too.
    WriterIndex last_writer = UINT32_MAX;
    PairCount* last_count = nullptr;
  };
  struct CallSlot {
    PhaseCall call;
    std::map<WriterId, IncidenceCount>* counts = nullptr; // null: in no row yet
    bool seen = false;                                    // in any run, row or not
    bool seen_plainly = false;                            // without the help of a fault
    std::uint64_t last_run = 0;                           // of this campaign
  };
  struct WriterSlot {
    WriterId id;
    std::uint32_t replicate = 1;
    std::uint64_t rows = 0;
  };

  CampaignRecorder(WorkDir directory, StateDb database, CampaignState state,
                   std::map<std::string, std::string> notes);
  /// Inputs that were written, but killed before their row was: the file is what counts.
  Result<> adopt_inputs();
  /// Brings the lists of slots up to date with the state.
  void index_state();
  PairIndex add_pair(const PairKey& key);
  bool is_new(const PairSighting& sighting) const;
  const std::string& phase_name(PhaseIndex phase) const;
  void count_run(const RunRecord& run);
  void count_pair(const RunRecord& run, const PairSighting& sighting, NewPairs& news);
  void mark_curve(double after_s, bool news);
  std::uint64_t& counter(Counter::Kind kind, const std::string& name, WriterIndex writer);
  /// Phase, call, argument (or 256 for an error), value.
  using ManyKey = std::tuple<PhaseIndex, SyscallId, unsigned, std::uint64_t>;
  template <typename MakeName>
  void count_many(const ManyKey& key, Counter::Kind kind, MakeName make_name, WriterIndex writer,
                  std::uint64_t times);
  Result<> save();

  WorkDir directory_;
  StateDb database_;
  CampaignState state_;
  Changes changes_;
  std::map<std::string, std::string> notes_;
  std::string campaign_;
  std::uint64_t runs_ = 0;
  std::uint64_t next_mark_ = 0;
  bool progress_due_ = false;     // progress.csv lacks points
  std::size_t many_counters_ = 0; // names of kinds `argument` and `error`
  std::vector<PairSlot> pairs_;
  std::vector<CallSlot> calls_;
  std::vector<WriterSlot> writers_;
  // Slots point into the nodes of these and of the maps of the state, which never move.
  std::map<PairKey, PairIndex> pair_index_;
  std::map<PhaseCall, std::size_t> call_index_;
  std::map<ManyKey, RunCounts*> many_index_;
};

/// The id of the campaign that the notes belong to; "" if it has none yet.
std::string campaign_id(const std::map<std::string, std::string>& notes);

/// Exploring runs of a replicate since its last news, from the notes of a campaign.
std::uint64_t quiet_runs(const std::map<std::string, std::string>& notes, std::uint32_t replicate);

/// progress.csv: one line for each point of the curve of `campaign`.
std::string progress_csv(const CampaignState& state, const std::string& campaign);

} // namespace harness::store
