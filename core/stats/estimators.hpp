// Estimators of what a campaign has not seen yet. They inform people and never end a campaign,
// because guided search violates their assumptions (see docs/design/statistics.md). Pure functions
// of an Incidence. Something that cannot be estimated has no value, never an interval of width
// zero.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/incidence.hpp"

#include <optional>

namespace harness::stats {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Q1/T: expected number of new pairs in the next run (Good-Turing). Nothing for T = 0.
std::optional<double> expected_new_pairs(const Incidence& incidence);

/// M1/T: probability that the next run shows anything new (Böhme, Liyanage, Wüstholz 2021).
std::optional<double> discovery_probability(const Incidence& incidence);

/// Chao2 (Chao 1987, bias-corrected where no pair was seen twice): lower bound of the number of
/// pairs that there are. For Q1 = 0 just what was seen. Nothing for T < 2.
std::optional<double> chao2(const Incidence& incidence);

/// Variance of chao2. Nothing where it estimates no unseen pair.
std::optional<double> chao2_variance(const Incidence& incidence);

/// Log-normal 95 % interval of chao2. Nothing where it estimates no unseen pair.
std::optional<Interval> chao2_interval(const Incidence& incidence);

/// First and second order jackknife. Nothing for T < 2.
std::optional<double> jackknife1(const Incidence& incidence);
std::optional<double> jackknife2(const Incidence& incidence);

/// Sample coverage C(T) in [0, 1] (Chao and Jost 2012). Nothing for T < 2 or without any sighting.
std::optional<double> coverage(const Incidence& incidence);

/// Expected number of pairs after `more` further runs of the same kind. Nothing for T < 2.
std::optional<double> extrapolate(const Incidence& incidence, double more);

/// Further runs until `share` (0 … 1) of chao2 is seen; 0 if it is. Nothing for T < 2, or where the
/// share is never reached.
std::optional<double> runs_to_reach(const Incidence& incidence, double share);

/// Expected number of pairs in `runs` of the T runs, drawn without replacement; `runs` beyond T
/// count as T.
double rarefy(const Incidence& incidence, std::uint64_t runs);

} // namespace harness::stats
