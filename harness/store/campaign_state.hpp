// CampaignState: everything that a campaign has counted and saved, as one value. Like Profile, it
// is a join: the states of shards, copies and machines can be merged in any order, any number of
// times, with the same result. Pure; no I/O.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.hpp"
#include "core/model/profile.hpp"
#include "core/model/summary.hpp"
#include "core/stats/convergence.hpp"
#include "core/stats/incidence.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace harness::store {

/// Where something comes from: the campaign (a random id given at its creation) and its replicate.
struct Origin {
  std::string campaign;
  std::uint32_t replicate = 1;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

/// Stands for a replicate's number where an attempt speaks of all that was merged.
constexpr std::uint32_t whole = 0;

/// What one writer's rows of the incidence matrix showed of a (phase, call) pair, its column.
struct IncidenceCount {
  std::uint64_t runs = 0;
  std::uint64_t first_run = 0; // of this writer, from 1; owner of the pair while `runs` is 1
  friend auto operator<=>(const IncidenceCount&, const IncidenceCount&) = default;
};

/// What is counted besides pairs. `name` is kind's own text; see the named constructors.
struct Counter {
  enum class Kind {
    rows,       // of the incidence matrix; name ""
    crashes,    // name ""
    time_outs,  // name ""
    incomplete, // name: to_string(Incomplete)
    bucket,     // name: failure bucket
    argument,   // name: argument_name()
    error,      // name: error_name()
    dropped,    // sightings beyond max_counters; name ""
  };
  Kind kind = Kind::rows;
  std::string name;
  friend auto operator<=>(const Counter&, const Counter&) = default;
};

/// Kinds `argument` and `error` may have that many names; what comes later counts as `dropped`.
constexpr std::size_t max_counters = 20'000;

/// `phase call argument value`, in words; `call` by its qualified name.
std::string argument_name(const PhaseCall& call, unsigned argument, std::uint64_t value);
/// `phase call errno`, in words.
std::string error_name(const PhaseCall& call, int code);

/// A kept input. Its text is the file corpus/<hash>.
struct InputRecord {
  std::uint64_t bytes = 0;
  std::uint64_t run = 0; // number of the run that brought it, 0 = a seed
  double after_s = 0;
  Origin origin;
  std::map<std::string, SyscallSet> pairs; // that its run showed, by phase
  friend bool operator==(const InputRecord&, const InputRecord&) = default;
};

/// A kind of failure. Inputs are the files failures/<bucket>/<hash>.
struct FailureRecord {
  enum class Kind { crash, time_out, violation, other };
  std::uint64_t first_run = 0;
  double after_s = 0;
  std::string first_input;
  Kind kind = Kind::crash;
  std::string what; // for a person
  std::vector<std::string> last_calls;
  std::string output_tail;
  friend auto operator<=>(const FailureRecord&, const FailureRecord&) = default;
};

struct AttemptRecord {
  stats::Attempt attempt;
  std::set<PairKey> news;
  std::uint64_t began_at_run = 0;
  double began_after_s = 0;
  friend bool operator==(const AttemptRecord&, const AttemptRecord&) = default;
};
using AttemptKey = std::pair<Origin, unsigned>;

/// A point of the discovery curve of one campaign, by its number of runs.
struct CurveRecord {
  double after_s = 0;
  std::uint64_t corpus = 0;
  std::map<std::string, std::uint64_t> pairs; // by phase
  friend auto operator<=>(const CurveRecord&, const CurveRecord&) = default;
};
using CurveKey = std::pair<std::string, std::uint64_t>; // campaign, runs

constexpr std::size_t max_thread_names = 8;
constexpr std::size_t max_trees = 8;

struct CampaignState {
  Profile profile;
  std::map<WriterId, Origin> writers;
  std::map<PhaseCall, std::map<WriterId, IncidenceCount>> incidence;
  std::map<Counter, RunCounts> counters;
  std::map<std::string, InputRecord> inputs;     // by hash
  std::map<std::string, FailureRecord> failures; // by bucket
  std::map<AttemptKey, AttemptRecord> attempts;
  std::map<CurveKey, CurveRecord> curve;
  std::map<std::string, double> elapsed_s;          // by campaign
  std::map<PairKey, std::set<std::string>> threads; // names, the max_thread_names smallest
  std::set<std::string> trees;                      // tree_text(), the max_trees smallest

  std::uint64_t total(Counter::Kind kind, const std::string& name = "") const;
  /// Pairs with at least one matrix row, of one phase or (empty) of all.
  stats::Incidence incidence_of(const std::string& phase) const;
  /// (phase, call) pairs seen, whatever the run was.
  std::map<std::string, std::uint64_t> pairs_by_phase() const;

  /// Least upper bound. Fails, and changes nothing, if the phases differ.
  Result<> merge(const CampaignState& other);
  friend bool operator==(const CampaignState&, const CampaignState&) = default;
};

/// A process tree as text, one process a line, and back (an Error for anything else).
std::string tree_text(const ProcessNode& root);
Result<ProcessNode> parse_tree(std::string_view text);

} // namespace harness::store
