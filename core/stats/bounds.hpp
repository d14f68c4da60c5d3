// Bounds that hold without assumptions about the target: how many fresh runs a claim requires, and
// what a batch of them proves. Pure. docs/design/statistics.md explains why only these bounds may
// end a campaign.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace harness::stats {

/// Upper Clopper-Pearson bound: the p with P(Bin(runs, p) <= hits) = alpha. After `hits` of `runs`
/// independent runs showed something new, the probability of that is below p with confidence
/// 1 - alpha. 1 if every run hit; nothing for no run at all.
std::optional<double> clopper_pearson_upper(std::uint64_t hits, std::uint64_t runs, double alpha);

/// What a campaign promises: in a further run, something new shows with a probability below
/// `epsilon`, and campaigns that say so are right with probability `confidence`. Both in (0, 1),
/// exclusive.
struct Goal {
  double epsilon = 0.01;
  double confidence = 0.95;
  friend bool operator==(const Goal&, const Goal&) = default;
};

/// Share of the error budget 1 - confidence for the `attempt`-th look (from 1): alpha / (i (i +
/// 1)). The shares of all attempts add up to alpha, so looking again and again is paid for.
double attempt_alpha(const Goal& goal, unsigned attempt);

/// Fresh runs that attempt `attempt` (from 1) needs: all without news prove the goal at its alpha.
std::uint64_t attempt_runs(const Goal& goal, unsigned attempt);

/// Exploring runs without news before an attempt is worth its price.
std::uint64_t quiet_runs(const Goal& goal);

} // namespace harness::stats
