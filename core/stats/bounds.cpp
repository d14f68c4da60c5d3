// SPDX-License-Identifier: Apache-2.0
#include "core/stats/bounds.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace harness::stats {

std::optional<double> clopper_pearson_upper(std::uint64_t hits, std::uint64_t runs, double alpha) {
  if (runs == 0) {
    return std::nullopt;
  }
  if (hits >= runs) {
    return 1;
  }
  const auto m = static_cast<double>(runs);
  const auto k = static_cast<double>(hits);
  if (hits == 0) {
    return -std::expm1(std::log(alpha) / m);
  }
  // P(Bin(m, p) <= k) is the complement of the regularised incomplete beta function I_p(k+1, m-k).
  return boost::math::ibetac_inv(k + 1, m - k, alpha);
}

double attempt_alpha(const Goal& goal, unsigned attempt) {
  const double i = attempt;
  return (1 - goal.confidence) / (i * (i + 1));
}

std::uint64_t attempt_runs(const Goal& goal, unsigned attempt) {
  const double runs = std::log(attempt_alpha(goal, attempt)) / std::log1p(-goal.epsilon);
  return static_cast<std::uint64_t>(std::ceil(runs));
}

std::uint64_t quiet_runs(const Goal& goal) {
  const double runs = std::log(1 - goal.confidence) / std::log1p(-goal.epsilon) / 2;
  return static_cast<std::uint64_t>(std::ceil(runs));
}

} // namespace harness::stats
