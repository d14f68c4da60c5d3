// ConvergenceRule: decides when a campaign may stop. A pure state machine: the caller reports what
// each run showed and asks for the next step. The rule neither makes runs nor measures time.
//
//   explore --(quiet_runs runs without news)--> attempt i --(m_i runs without news)--> converged
//      ^------------(news, or too many incomplete runs)----'
//
// "News" is a pair (phase, call) that was not known. While a campaign explores, inputs are selected
// because of earlier runs. Such runs are not independent and nothing can be proved from them: a
// long time without news is only a reason to try. A validation attempt then freezes the generator
// and makes m_i fresh, independent runs, compared with the frozen sets of pairs. If none shows
// news, the probability that a further run does is below epsilon, with the confidence of the
// attempt. If one does, the pair is added and the search continues. Repeating attempts until one
// happens to pass would weaken the claim, so attempt i spends only a share of the total probability
// of error, and m_i grows with i (bounds.hpp).
//
// A run that the tracer did not see completely proves nothing and is replaced by another one,
// unless it showed news: then it counts, because a pair that was seen exists.
//
//   ConvergenceRule rule(goal);
//   while (!rule.converged()) {
//     const auto next = rule.next();
//     if (const auto* validate = std::get_if<ConvergenceRule::Validate>(&next)) {
//       rule.begin_attempt(); // freeze the generator, then make validate->runs_left runs
//       rule.validated(validate->number, compare(run_fresh()));
//     } else {
//       rule.explored(new_pairs_of(run_search()));
//     }
//   }
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/bounds.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace harness::stats {

/// What a phase showed in an attempt.
struct PhaseTally {
  std::uint64_t reached = 0; // runs that entered the phase
  std::uint64_t news = 0;    // of them, runs with a pair of this phase outside the frozen sets
  friend auto operator<=>(const PhaseTally&, const PhaseTally&) = default;
};

/// One validation attempt: a batch of fresh, independent runs from the frozen generator, compared
/// with the sets as they were when it began.
struct Attempt {
  enum class State {
    drawing,
    passed,     // no run showed anything new
    failed,     // at least one did
    unprovable, // there were as many incomplete runs as planned runs
    abandoned,  // ended from outside; its alpha is spent nevertheless
  };
  unsigned number = 1;
  std::uint64_t planned_runs = 0;
  double alpha = 0;
  State state = State::drawing;
  std::uint64_t runs = 0;            // drawn and counted
  std::uint64_t news = 0;            // of them with anything new
  std::uint64_t incomplete = 0;      // without news and incomplete: replaced, not counted
  std::uint64_t incomplete_news = 0; // incomplete but with news: counted in `runs` and `news`
  std::vector<PhaseTally> phases;    // by phase index

  /// Every run of the batch was made, whatever it showed.
  bool complete() const { return state == State::passed || state == State::failed; }
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

/// Probability below which a further run shows anything new, with confidence 1 - attempt.alpha.
/// Nothing unless the attempt is complete.
std::optional<double> bound(const Attempt& attempt);
/// The same for the pairs of one phase, given that a run reaches it; nothing if none did.
std::optional<double> phase_bound(const Attempt& attempt, std::size_t phase);

/// One run of an attempt, compared with the sets at the attempt's start.
struct ValidationRun {
  bool complete = true;               // the tracer saw the whole run
  std::vector<std::uint16_t> reached; // phases that it entered, no duplicates
  std::vector<std::uint16_t> news;    // phases with a new pair, no duplicates
};

/// Joins the parts of one attempt that were made in several places with the same frozen generator.
/// The result passed only if each part did. Requires at least one part; number and alpha are those
/// of the first.
Attempt join_parts(const std::vector<Attempt>& parts);

class ConvergenceRule {
public:
  /// Continue the search; an attempt begins after `quiet_left` further runs without news.
  struct Explore {
    std::uint64_t quiet_left = 0;
    friend bool operator==(const Explore&, const Explore&) = default;
  };
  /// Freeze the generator and begin the attempt if that isn't done yet; draw `runs_left` more runs.
  struct Validate {
    unsigned number = 0;
    std::uint64_t runs_left = 0;
    double alpha = 0;
    friend bool operator==(const Validate&, const Validate&) = default;
  };
  /// The last attempt passed.
  struct Converged {
    friend bool operator==(const Converged&, const Converged&) = default;
  };
  using Next = std::variant<Explore, Validate, Converged>;

  /// The complete state of the rule, to be written to disk and restored on resume.
  struct State {
    std::uint64_t quiet = 0;       // exploring runs since the last news
    std::vector<Attempt> attempts; // every one there was; at most the last one is `drawing`
    friend bool operator==(const State&, const State&) = default;
  };

  explicit ConvergenceRule(Goal goal) : goal_(goal) {}
  /// Continues from `state`. An attempt that was under way is abandoned, because its frozen
  /// generator is lost.
  ConvergenceRule(Goal goal, State state);
  /// The rule for one part of attempt `number`: `runs` of its fresh runs are made here, at once and
  /// whatever they show.
  static ConvergenceRule drawing_part(Goal goal, unsigned number, std::uint64_t runs);

  Next next() const;
  const State& state() const { return state_; }
  const Goal& goal() const { return goal_; }

  /// An exploring run ended with `new_pairs` pairs that were not known. Such runs still arrive from
  /// other workers while an attempt is drawn; news then does not fail the attempt, but counts for
  /// the next trigger.
  void explored(std::uint64_t new_pairs);
  /// Begins the attempt that next() asks for; does nothing while one is drawn or after convergence.
  /// The caller makes exactly `runs_left` runs and reports all of them: counting only the first
  /// ones to end would favor quick runs.
  void begin_attempt();
  /// A run of attempt `number` ended. Ignored if that attempt is not the one being drawn.
  void validated(unsigned number, const ValidationRun& run);
  /// Ends the attempt being drawn, if there is one.
  void abandon();
  /// The sets were changed from outside (merge, replay), or more confidence is required: search
  /// again.
  void reopen();

  /// The last attempt whose whole batch was made: the one whose bound may be printed.
  const Attempt* last_complete() const;
  bool converged() const;

private:
  Attempt* drawing();
  const Attempt* drawing() const;
  void decide(Attempt& attempt);

  Goal goal_;
  State state_;
};

} // namespace harness::stats
