// The expected values were computed with the R packages vegan and SpadeR.
// SPDX-License-Identifier: Apache-2.0
#include "core/stats/estimators.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <utility>

using namespace harness::stats;

namespace {

using Groups = std::vector<std::pair<int, std::uint64_t>>; // how many pairs, seen how often

Incidence make(std::uint64_t runs, const Groups& groups) {
  Incidence incidence{.runs = runs};
  for (const auto& [pairs, count] : groups) {
    incidence.counts.insert(incidence.counts.end(), static_cast<std::size_t>(pairs), count);
  }
  return incidence;
}

struct Vector {
  const char* id;
  Incidence incidence;
  double new_pairs, coverage, chao2, error, low, high, jack1, jack2, twice, to_95;
};

const Vector vectors[] = {
    {"C",
     make(50, {{20, 50}, {1, 31}, {1, 22}, {1, 9}, {1, 7}, {1, 5}, {2, 4}, {2, 3}, {3, 2}, {6, 1}}),
     .12, .994655, 43.88, 6.360377, 39.047482, 71.007152, 43.88, 46.818776, 41.738682, 48.796945},
    {"D", make(200, {{15, 200}, {1, 90}, {1, 17}, {1, 6}, {10, 1}}), .05, .996802, 72.775,
     30.070962, 41.541679, 176.046683, 37.95, 47.85, 36.957534, 2248.968486},
    {"E",
     make(30, {{18, 1},
               {9, 2},
               {4, 3},
               {3, 4},
               {2, 5},
               {1, 6},
               {1, 7},
               {1, 9},
               {1, 12},
               {1, 15},
               {1, 22},
               {1, 30}}),
     .6, .898246, 60.4, 10.8775, 48.644927, 96.634001, 60.4, 69.089655, 54.10709, 51.655847},
    {"G", make(2, {{5, 2}, {4, 1}}), 2, .918367, 9.8, 1.252198, 9.090334, 16.084779, 11, 11,
     9.734694, .3913},
    {"H",
     make(5000, {{31, 5000},
                 {1, 4210},
                 {1, 2875},
                 {1, 911},
                 {1, 402},
                 {1, 77},
                 {1, 19},
                 {1, 8},
                 {1, 3},
                 {2, 2},
                 {3, 1}}),
     .0006, .999982, 46.24955, 3.395157, 44.265852, 63.034919, 46.9994, 47.9994, 45.656628, 0},
};

doctest::Approx near(double value) {
  return doctest::Approx(value).epsilon(2e-6);
}

} // namespace

TEST_CASE("every estimator agrees with its published implementation") {
  for (const Vector& v : vectors) {
    CAPTURE(v.id);
    const Incidence& x = v.incidence;
    CHECK(*expected_new_pairs(x) == near(v.new_pairs));
    CHECK(*coverage(x) == near(v.coverage));
    CHECK(*chao2(x) == near(v.chao2));
    CHECK(std::sqrt(*chao2_variance(x)) == near(v.error));
    CHECK(chao2_interval(x)->low == near(v.low));
    CHECK(chao2_interval(x)->high == near(v.high));
    CHECK(*jackknife1(x) == near(v.jack1));
    CHECK(*jackknife2(x) == near(v.jack2));
    CHECK(*extrapolate(x, static_cast<double>(x.runs)) == near(v.twice));
    CHECK(*runs_to_reach(x, .95) == doctest::Approx(v.to_95).epsilon(1e-4));
  }
}

TEST_CASE("where nothing unseen is estimated there is no interval, not one of width zero") {
  const Incidence no_singleton = make(20, {{10, 20}});
  const Incidence one_singleton = make(100, {{30, 100}, {1, 40}, {1, 12}, {1, 5}, {1, 3}, {1, 1}});
  CHECK(*chao2(no_singleton) == 10);
  CHECK(*chao2(one_singleton) == 35);
  CHECK(*jackknife1(no_singleton) == 10);
  CHECK(*jackknife1(one_singleton) == near(35.99));
  CHECK(*jackknife2(no_singleton) == 10);
  CHECK(*jackknife2(one_singleton) == near(36.97));
  for (const Incidence& x : {no_singleton, one_singleton}) {
    CHECK(*coverage(x) == 1);
    CHECK_FALSE(chao2_variance(x));
    CHECK_FALSE(chao2_interval(x));
    CHECK(*extrapolate(x, 100) == *chao2(x));
    CHECK(*runs_to_reach(x, .95) == 0);
  }
}

TEST_CASE("too few runs: no value") {
  const Incidence none = make(0, {});
  const Incidence one = make(1, {{4, 1}});
  CHECK_FALSE(expected_new_pairs(none));
  CHECK_FALSE(discovery_probability(none));
  for (const Incidence& x : {none, one}) {
    CHECK_FALSE(chao2(x));
    CHECK_FALSE(chao2_variance(x));
    CHECK_FALSE(chao2_interval(x));
    CHECK_FALSE(jackknife1(x));
    CHECK_FALSE(jackknife2(x));
    CHECK_FALSE(coverage(x));
    CHECK_FALSE(extrapolate(x, 1));
    CHECK_FALSE(runs_to_reach(x, .95));
  }
  CHECK_FALSE(coverage(make(5, {})));
}

TEST_CASE("all of Chao2 is never reached") {
  CHECK_FALSE(runs_to_reach(vectors[0].incidence, 1));
}

TEST_CASE("rarefaction") {
  const Incidence& c = vectors[0].incidence;
  CHECK(rarefy(c, 10) == near(28.880333));
  CHECK(rarefy(c, 25) == near(33.890052));
  CHECK(rarefy(c, 49) == near(37.88));
  CHECK(rarefy(c, 50) == near(38));
  CHECK(rarefy(c, 99) == near(38));
  CHECK(rarefy(c, 0) == near(0));
  // With many runs the binomials have millions of digits.
  CHECK(rarefy(make(1'000'000, {{5, 1'000'000}, {1, 1}}), 500'000) == near(5.5));
}
