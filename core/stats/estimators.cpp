// SPDX-License-Identifier: Apache-2.0
#include "core/stats/estimators.hpp"

#include <algorithm>
#include <cmath>

namespace harness::stats {

namespace {

// Quantile of the normal distribution that leaves 2.5 % on each side.
constexpr double z95 = 1.959964;

// The quantities of the formulas, under the names of Chao's papers.
struct Terms {
  double t = 0;  // runs
  double s = 0;  // pairs seen
  double q1 = 0; // seen once
  double q2 = 0; // seen twice
  double a = 0;  // (T - 1) / T
};

std::optional<Terms> terms(const Incidence& incidence) {
  if (incidence.runs < 2) {
    return std::nullopt;
  }
  Terms terms;
  terms.t = static_cast<double>(incidence.runs);
  terms.s = static_cast<double>(incidence.pairs());
  terms.q1 = static_cast<double>(incidence.seen_exactly(1));
  terms.q2 = static_cast<double>(incidence.seen_exactly(2));
  terms.a = (terms.t - 1) / terms.t;
  return terms;
}

// f0: the estimated number of pairs never seen.
double unseen(const Terms& x) {
  if (x.q2 > 0) {
    return x.a * x.q1 * x.q1 / (2 * x.q2);
  }
  return x.a * x.q1 * (x.q1 - 1) / 2;
}

double variance(const Terms& x) {
  const double a = x.a;
  if (x.q2 > 0) {
    const double r = x.q1 / x.q2;
    return x.q2 * (a * r * r / 2 + a * a * r * r * r + a * a * r * r * r * r / 4);
  }
  const double chao = x.s + unseen(x);
  return a * x.q1 * (x.q1 - 1) / 2 + a * a * x.q1 * (2 * x.q1 - 1) * (2 * x.q1 - 1) / 4 -
         a * a * std::pow(x.q1, 4) / (4 * chao);
}

// By how much the log of the share of unseen pairs found falls with each further run.
double log_decay(const Terms& x, double f0) {
  return std::log1p(-x.q1 / (x.t * f0 + x.q1));
}

double log_factorial(double n) {
  int sign = 0; // lgamma itself writes to a global
  return lgamma_r(n + 1, &sign);
}

} // namespace

std::optional<double> expected_new_pairs(const Incidence& incidence) {
  if (incidence.runs == 0) {
    return std::nullopt;
  }
  return static_cast<double>(incidence.seen_exactly(1)) / static_cast<double>(incidence.runs);
}

std::optional<double> discovery_probability(const Incidence& incidence) {
  if (incidence.runs == 0) {
    return std::nullopt;
  }
  return static_cast<double>(incidence.singleton_owners) / static_cast<double>(incidence.runs);
}

std::optional<double> chao2(const Incidence& incidence) {
  const auto x = terms(incidence);
  if (!x) {
    return std::nullopt;
  }
  return x->s + unseen(*x);
}

std::optional<double> chao2_variance(const Incidence& incidence) {
  const auto x = terms(incidence);
  if (!x || unseen(*x) <= 0) {
    return std::nullopt;
  }
  return variance(*x);
}

std::optional<Interval> chao2_interval(const Incidence& incidence) {
  const auto x = terms(incidence);
  if (!x || unseen(*x) <= 0) {
    return std::nullopt;
  }
  const double f0 = unseen(*x);
  const double k = std::exp(z95 * std::sqrt(std::log1p(variance(*x) / (f0 * f0))));
  return Interval{x->s + f0 / k, x->s + f0 * k};
}

std::optional<double> jackknife1(const Incidence& incidence) {
  const auto x = terms(incidence);
  if (!x) {
    return std::nullopt;
  }
  return x->s + x->q1 * x->a;
}

std::optional<double> jackknife2(const Incidence& incidence) {
  const auto x = terms(incidence);
  if (!x) {
    return std::nullopt;
  }
  return x->s + x->q1 * (2 * x->t - 3) / x->t -
         x->q2 * (x->t - 2) * (x->t - 2) / (x->t * (x->t - 1));
}

std::optional<double> coverage(const Incidence& incidence) {
  const auto x = terms(incidence);
  const auto total = static_cast<double>(incidence.total());
  if (!x || total == 0) {
    return std::nullopt;
  }
  if (x->q1 == 0) {
    return 1;
  }
  const double once = x->q2 > 0 ? (x->t - 1) * x->q1 : (x->t - 1) * (x->q1 - 1);
  const double rest = x->q2 > 0 ? 2 * x->q2 : 2;
  return 1 - x->q1 / total * once / (once + rest);
}

std::optional<double> extrapolate(const Incidence& incidence, double more) {
  const auto x = terms(incidence);
  if (!x) {
    return std::nullopt;
  }
  const double f0 = unseen(*x);
  return f0 <= 0 ? x->s : x->s - f0 * std::expm1(more * log_decay(*x, f0));
}

std::optional<double> runs_to_reach(const Incidence& incidence, double share) {
  const auto x = terms(incidence);
  if (!x) {
    return std::nullopt;
  }
  const double f0 = unseen(*x);
  const double missing = share * (x->s + f0) - x->s;
  if (missing <= 0) {
    return 0;
  }
  if (missing >= f0) {
    return std::nullopt;
  }
  return std::log1p(-missing / f0) / log_decay(*x, f0);
}

double rarefy(const Incidence& incidence, std::uint64_t runs) {
  const std::uint64_t drawn = std::min(runs, incidence.runs);
  const auto t = static_cast<double>(incidence.runs);
  const auto n = static_cast<double>(drawn);
  double expected = 0;
  for (const std::uint64_t count : incidence.counts) {
    if (incidence.runs - count < drawn) {
      expected += 1; // too few runs lack it to draw only from them
      continue;
    }
    // C(T - Y, n) / C(T, n) by logarithms: the binomials themselves overflow.
    const auto lacking = static_cast<double>(incidence.runs - count);
    const double log_missed = log_factorial(lacking) - log_factorial(lacking - n) -
                              log_factorial(t) + log_factorial(t - n);
    expected -= std::expm1(log_missed);
  }
  return expected;
}

} // namespace harness::stats
