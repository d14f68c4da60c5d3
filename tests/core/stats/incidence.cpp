// SPDX-License-Identifier: Apache-2.0
#include "core/stats/incidence.hpp"
#include "core/stats/estimators.hpp"

#include <doctest/doctest.h>
#include <map>

using namespace harness::stats;

namespace {
/// The summary of runs that are given as the pairs that each showed.
Incidence of_rows(const std::vector<std::vector<int>>& rows) {
  std::map<int, PairIncidence> pairs;
  for (std::size_t run = 0; run < rows.size(); ++run) {
    for (const int id : rows[run]) {
      auto& pair = pairs[id];
      if (pair.runs++ == 0) {
        pair.first = {.writer = 1, .run = run};
      }
    }
  }
  std::vector<PairIncidence> all;
  for (const auto& [id, pair] : pairs) {
    all.push_back(pair);
  }
  return summarize(rows.size(), all);
}
} // namespace

TEST_CASE("a run that owns two pairs counts once for M1, twice for Q1") {
  const Incidence incidence = of_rows({{1, 2}, {1, 2}, {1, 2, 3}, {1, 2, 4, 5}, {1, 2}});
  CHECK(incidence.seen_exactly(1) == 3);
  CHECK(incidence.singleton_owners == 2);
  CHECK(*expected_new_pairs(incidence) == doctest::Approx(0.6));
  CHECK(*discovery_probability(incidence) == doctest::Approx(0.4));
}

TEST_CASE("runs of the same number in two writers are two runs") {
  const PairIncidence pairs[] = {{.runs = 1, .first = {1, 7}}, {.runs = 1, .first = {2, 7}}};
  CHECK(summarize(20, pairs).singleton_owners == 2);
}

TEST_CASE("a pair that only uncounted runs showed is none of the matrix") {
  const PairIncidence pairs[] = {{.runs = 0}, {.runs = 3}};
  const Incidence incidence = summarize(5, pairs);
  CHECK(incidence.pairs() == 1);
  CHECK(incidence.total() == 3);
}
