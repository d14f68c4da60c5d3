// ConvergenceRule: when to look, how hard, and when a campaign may stop. A pure state machine: it
// is told what each run showed and says what comes next. It neither draws runs nor keeps time.
//
//   explore --(quiet_runs without news)--> attempt i --(no news in m_i fresh runs)--> converged
//      ^------------(news, or too much that could not be seen whole)----'
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
    unprovable, // as many runs were incomplete as were planned at all
    abandoned,  // ended from outside; its alpha is spent all the same
  };
  unsigned number = 1;
  std::uint64_t planned_runs = 0;
  double alpha = 0;
  State state = State::drawing;
  std::uint64_t runs = 0;            // drawn and counted
  std::uint64_t news = 0;            // of them with anything new
  std::uint64_t incomplete = 0;      // drawn, without news, not seen whole: replaced, not counted
  std::uint64_t incomplete_news = 0; // not seen whole yet with news: counted in `runs` and `news`
  std::vector<PhaseTally> phases;    // by phase index

  /// All of the batch was drawn, whatever it showed.
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
  bool complete = true;               // seen whole by the tracer
  std::vector<std::uint16_t> reached; // phases that it entered, no duplicates
  std::vector<std::uint16_t> news;    // phases with a new pair, no duplicates
};

/// One attempt from the parts that several places drew of it, all of one frozen generator: passed
/// only if each of them did. At least one part; their numbers and alphas are those of the first.
Attempt join_parts(const std::vector<Attempt>& parts);

class ConvergenceRule {
public:
  /// Go on searching; an attempt begins after `quiet_left` further runs without news.
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

  /// All that the rule remembers, to be written to disk and given back on resume.
  struct State {
    std::uint64_t quiet = 0;       // exploring runs since the last news
    std::vector<Attempt> attempts; // every one there was; at most the last one is `drawing`
    friend bool operator==(const State&, const State&) = default;
  };

  explicit ConvergenceRule(Goal goal) : goal_(goal) {}
  /// Goes on from `state`. An attempt that was being drawn is abandoned: its frozen generator is
  /// gone.
  ConvergenceRule(Goal goal, State state);
  /// The rule of one place of several that draw attempt `number` of a whole: `runs` of its fresh
  /// runs are drawn here, at once and whatever they show.
  static ConvergenceRule drawing_part(Goal goal, unsigned number, std::uint64_t runs);

  Next next() const;
  const State& state() const { return state_; }
  const Goal& goal() const { return goal_; }

  /// An exploring run ended with `new_pairs` pairs that were not known. Such runs still arrive from
  /// other workers while an attempt is drawn; news then does not fail the attempt, but counts for
  /// the next trigger.
  void explored(std::uint64_t new_pairs);
  /// Begins the attempt that next() asks for; does nothing while one is drawn or after convergence.
  /// The caller gives out exactly `runs_left` runs and reports every one of them: taking the first
  /// ones to end would favor quick runs.
  void begin_attempt();
  /// A run of attempt `number` ended. Ignored if that attempt is not the one being drawn.
  void validated(unsigned number, const ValidationRun& run);
  /// Ends the attempt being drawn, if there is one.
  void abandon();
  /// The sets have changed from outside (merge, replay) or more certainty is wanted: search again.
  void reopen();

  /// The last attempt whose whole batch was drawn: the one whose bound may be printed.
  const Attempt* last_complete() const;
  bool converged() const;

private:
  Attempt* drawing();
  const Attempt* drawing() const;
  void settle(Attempt& attempt);

  Goal goal_;
  State state_;
};

} // namespace harness::stats
