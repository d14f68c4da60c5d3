// CampaignSummary: all that reports may see of a campaign. Pure value, built by harness/campaign
// from the store; every renderer is a pure function of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "core/model/policy.hpp"
#include "core/model/profile.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace harness {

/// A validation attempt: a batch of fresh, independent runs from the frozen generator.
struct AttemptSummary {
  std::uint32_t number = 1;       // i
  std::uint64_t planned_runs = 0; // m_i
  std::uint64_t runs = 0;         // drawn so far
  double alpha = 0;               // α_i
  bool complete = false;
  std::uint64_t runs_with_news = 0; // k
  std::vector<PairKey> news;
  std::uint64_t began_at_run = 0; // exploration runs before it
  double began_after_s = 0;
  /// Clopper–Pearson upper bound at α_i; whole and per phase (m = runs that reached it).
  std::optional<double> bound;
  std::map<std::string, double> phase_bounds;
  std::uint32_t replicate = 0; // whose generator; 0: of all that was merged
};

/// One point of the discovery curve: after `runs` runs, so many pairs in each phase.
struct CurvePoint {
  std::uint64_t runs = 0;
  double after_s = 0;
  std::map<std::string, std::uint64_t> pairs;
  std::uint64_t corpus = 0;
};

struct FailureBucket {
  std::string name; // directory name below failures/: "crash-SIGSEGV-…", "time-out-…"
  std::string what; // for a person: "killed by SIGSEGV after openat, read"
  std::uint64_t runs = 0;
  std::string first_input;
  std::uint64_t first_run = 0;
  std::vector<std::string> last_calls;
  std::string output_tail;
  bool crash = false;
  bool time_out = false;
};

/// Information only, never a gate; no value where not estimable.
struct Estimates {
  std::optional<double> expected_new_pairs; // Q1/T
  std::optional<double> chao2;
  std::optional<double> chao2_low, chao2_high;
  std::optional<double> coverage;
  std::optional<double> runs_to_95_percent;
  std::uint64_t singletons = 0;                              // Q1
  std::uint64_t doubletons = 0;                              // Q2
  std::vector<std::pair<std::uint64_t, double>> rarefaction; // runs, expected pairs
};

struct ArgumentSummary {
  std::string phase;
  std::string call; // qualified name
  std::string text; // "flags=O_RDONLY|O_CLOEXEC"
  std::uint64_t times = 0;
};

struct ErrnoSummary {
  std::string phase;
  std::string call;
  std::string name; // "ENOENT"
  std::uint64_t times = 0;
};

struct ProcessNode {
  std::string name;
  std::string executable;
  std::string phase;
  std::string end; // describe(RunEnd)
  std::uint64_t threads = 1;
  std::uint64_t calls = 0;
  std::vector<ProcessNode> children;
};

/// A call that a baseline lacks (`gained`) or that this campaign lacks (`lost`).
struct BaselineChange {
  PairKey pair;
  bool gained = true;
  std::string input;
};

/// What one of several independent campaigns of the same plan (`replicates`) saw.
struct ReplicateSummary {
  std::uint32_t number = 1;
  std::uint64_t runs = 0;
  std::uint64_t pairs = 0;
  std::vector<PairKey> only_here; // that no other replicate saw
};

/// What one of several merged campaigns saw: a shard, a part of a validation, or any other.
struct ShardSummary {
  enum class Kind { shard, fresh, other };
  std::string campaign; // its id
  Kind kind = Kind::other;
  std::string name; // "2/4"; "" = other
  std::uint64_t runs = 0;
  std::uint64_t pairs = 0;
  std::uint64_t calls = 0;        // of these, whatever the phase and the executable
  std::vector<PairKey> only_here; // that no other one saw
};

/// What a replay under the enforced policy showed.
struct VerifySummary {
  std::uint64_t corpus_runs = 0;
  std::uint64_t fresh_runs = 0;
  struct Case {
    PairKey pair;
    std::string input;
    std::uint64_t times = 0;
  };
  std::vector<Case> violations;
};

struct CampaignSummary {
  CampaignPlan plan;
  Profile profile;
  bool converged = false;
  std::string stop_reason;                  // one sentence: why the campaign ended
  std::string statement;                    // the sentence on residual risk
  std::vector<std::string> not_established; // what was not shown, a sentence each
  double elapsed_s = 0;
  std::uint64_t runs = 0; // all, complete or not
  std::uint64_t incomplete_runs = 0;
  std::map<std::string, std::uint64_t> incomplete_reasons;
  std::uint64_t crashes = 0;
  std::uint64_t time_outs = 0;
  std::uint64_t corpus = 0;
  std::vector<AttemptSummary> attempts;
  std::vector<CurvePoint> curve;
  std::vector<FailureBucket> failures;
  Estimates estimates;
  std::vector<ArgumentSummary> arguments;
  std::vector<ErrnoSummary> errnos;
  std::vector<ProcessNode> trees;            // of typical runs
  std::map<std::string, std::string> inputs; // text of first inputs, by hash
  std::map<std::string, std::string>
      environment;                     // fingerprint: kernel, libc, target hash, versions, seed
  std::optional<std::string> baseline; // where it came from
  std::vector<BaselineChange> changes;
  int exit_status = 0;

  // What makes a report more useful where it is known; every renderer does without.
  std::string directory;                          // of the campaign, as a user would type it
  std::string plan_file;                          // as given on the command line
  std::map<std::string, int> phase_lines;         // line of each phase in that file, from 1
  int target_line = 0;                            // line of its `target`, 0 = not known
  std::optional<Policy> policy;                   // derived from `profile`: what is allowed and why
  std::optional<VerifySummary> verified;          // replay under that policy
  std::vector<ReplicateSummary> replicates;       // empty: one campaign
  std::vector<ShardSummary> shards;               // empty: nothing was merged
  std::map<PairKey, std::string> smallest_inputs; // hash; its text is in `inputs`
  std::map<PairKey, std::vector<std::string>> threads; // names of threads that made the call
};

} // namespace harness
