// The expected values were computed with R's qbeta.
// SPDX-License-Identifier: Apache-2.0
#include "core/stats/bounds.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace harness::stats;

TEST_CASE("Clopper-Pearson upper bound") {
  const struct {
    std::uint64_t hits, runs;
    double bound;
  } vectors[] = {{0, 100, .02951305}, {0, 299, .00996915}, {0, 1000, .00299125},
                 {1, 100, .04655981}, {1, 473, .00998971}, {3, 1000, .00773524},
                 {5, 500, .02091032}, {0, 1, .95},         {7, 7, 1}};
  for (const auto& v : vectors) {
    CAPTURE(v.hits);
    CAPTURE(v.runs);
    CHECK(*clopper_pearson_upper(v.hits, v.runs, .05) == doctest::Approx(v.bound).epsilon(1e-6));
  }
  CHECK_FALSE(clopper_pearson_upper(0, 0, .05));
}

TEST_CASE("the bound solves the equation that defines it") {
  // P(Bin(m, p) <= k) summed term by term.
  for (const std::uint64_t k : {0, 1, 4, 19}) {
    const double m = 60;
    const double p = *clopper_pearson_upper(k, 60, .0083);
    double sum = 0;
    double term = std::pow(1 - p, m);
    for (std::uint64_t i = 0; i <= k; ++i) {
      sum += term;
      const auto d = static_cast<double>(i);
      term *= (m - d) / (d + 1) * p / (1 - p);
    }
    CHECK(sum == doctest::Approx(.0083).epsilon(1e-9));
  }
}

TEST_CASE("sizes of the attempts") {
  const std::uint64_t percent[] = {368, 477, 546, 597, 637};
  const std::uint64_t coarse[] = {72, 94, 107, 117, 125};
  const std::uint64_t fine[] = {3688, 4786, 5478};
  for (unsigned i = 1; i <= 5; ++i) {
    CHECK(attempt_runs({.epsilon = .01}, i) == percent[i - 1]);
    CHECK(attempt_runs({.epsilon = .05}, i) == coarse[i - 1]);
  }
  for (unsigned i = 1; i <= 3; ++i) {
    CHECK(attempt_runs({.epsilon = .001}, i) == fine[i - 1]);
  }
}

TEST_CASE("an attempt without news proves the goal, one run less does not") {
  for (const double epsilon : {.05, .01, .001}) {
    for (unsigned i = 1; i <= 8; ++i) {
      const Goal goal{.epsilon = epsilon, .confidence = .95};
      const std::uint64_t runs = attempt_runs(goal, i);
      CHECK(*clopper_pearson_upper(0, runs, attempt_alpha(goal, i)) <= epsilon);
      CHECK(*clopper_pearson_upper(0, runs - 1, attempt_alpha(goal, i)) > epsilon);
    }
  }
}

TEST_CASE("the alphas of all attempts never exceed what the goal allows") {
  const Goal goal{.confidence = .9};
  double sum = 0;
  for (unsigned i = 1; i <= 100'000; ++i) {
    sum += attempt_alpha(goal, i);
  }
  CHECK(sum < 1 - goal.confidence);
  CHECK(sum == doctest::Approx(.1).epsilon(1e-4));
}

TEST_CASE("the trigger is half of what one look without alpha spending would need") {
  CHECK(quiet_runs({.epsilon = .01}) == 150);
  CHECK(quiet_runs({.epsilon = .05}) == 30);
}
