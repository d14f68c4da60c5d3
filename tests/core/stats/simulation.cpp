// Whole campaigns against a generator whose true probabilities are known: the promise of the rule
// must hold in at least the share of campaigns that it names, although the search is guided.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.hpp"
#include "core/stats/convergence.hpp"
#include "tests/support/process.hpp"

#include <cstdio>
#include <doctest/doctest.h>
#include <vector>

using namespace harness;
using namespace harness::stats;

namespace {

/// Pairs that a run shows independently of each other. One that has a parent becomes `boost` times
/// as likely once the parent was seen: the corpus then holds inputs that lead there.
struct Planted {
  double probability = 0;
  int parent = -1;
};

class World {
public:
  World(Random random, std::vector<Planted> pairs)
      : random_(random), pairs_(std::move(pairs)), seen_(pairs_.size(), false) {
    weigh();
  }

  double probability(std::size_t i) const {
    const Planted& pair = pairs_[i];
    const bool boosted = pair.parent >= 0 && seen_[static_cast<std::size_t>(pair.parent)];
    return boosted ? std::min(1.0, pair.probability * boost) : pair.probability;
  }

  /// The unseen pairs that one fresh run of the generator shows. One draw decides whether there is
  /// any and which comes first; a draw for each pair would make the silent runs, nearly all, dear.
  std::vector<std::size_t> fresh_run() {
    std::vector<std::size_t> shown;
    const double drawn = random_.unit();
    if (drawn >= risk_) {
      return shown;
    }
    double reached = 0;
    double silent = 1;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double p = seen_[i] ? 0 : probability(i);
      if (!shown.empty()) {
        if (random_.unit() < p) {
          shown.push_back(i);
        }
        continue;
      }
      reached += silent * p;
      silent *= 1 - p;
      if (drawn < reached) {
        shown.push_back(i);
      }
    }
    return shown;
  }

  /// A run of the guided search: half of them mutate a find, which shows mostly what is known.
  std::vector<std::size_t> guided_run() {
    return random_.chance(1, 2) ? std::vector<std::size_t>{} : fresh_run();
  }

  void merge(const std::vector<std::size_t>& shown) {
    for (const std::size_t i : shown) {
      seen_[i] = true;
    }
    if (!shown.empty()) {
      weigh();
    }
  }

  /// The true probability that one more fresh run shows anything new.
  double risk() const { return risk_; }

private:
  static constexpr double boost = 20;

  void weigh() {
    double silent = 1;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      silent *= seen_[i] ? 1 : 1 - probability(i);
    }
    risk_ = 1 - silent;
  }

  Random random_;
  std::vector<Planted> pairs_;
  std::vector<bool> seen_;
  double risk_ = 1;
};

std::vector<Planted> plant(Random& random) {
  std::vector<Planted> pairs;
  for (int i = 0; i < 30; ++i) { // from common to very rare
    pairs.push_back({.probability = .3 / (1 + static_cast<double>(random.below(2000)))});
  }
  for (int i = 0; i < 60; ++i) { // many that are rare alone and weigh together
    pairs.push_back({.probability = .0002, .parent = static_cast<int>(random.below(90))});
  }
  return pairs;
}

/// Runs a campaign to its end and says the risk that it left.
double campaign(World& world, ConvergenceRule& rule) {
  for (;;) {
    const auto next = rule.next();
    if (std::holds_alternative<ConvergenceRule::Explore>(next)) {
      const auto shown = world.guided_run();
      world.merge(shown);
      rule.explored(shown.size());
    } else if (const auto* batch = std::get_if<ConvergenceRule::Validate>(&next)) {
      rule.begin_attempt();
      std::vector<std::size_t> finds;
      for (std::uint64_t i = 0; i < batch->runs_left; ++i) {
        const auto shown = world.fresh_run();
        finds.insert(finds.end(), shown.begin(), shown.end());
        rule.validated(batch->number, {.reached = {0},
                                       .news = shown.empty() ? std::vector<std::uint16_t>{}
                                                             : std::vector<std::uint16_t>{0}});
      }
      world.merge(finds); // only now: the batch is compared with the sets at its start
    } else {
      return world.risk();
    }
  }
}

/// The rule of thumb that this replaces: stop after N runs without news.
double naive_campaign(World& world, std::uint64_t patience) {
  for (std::uint64_t quiet = 0; quiet < patience; ++quiet) {
    const auto shown = world.guided_run();
    world.merge(shown);
    if (!shown.empty()) {
      quiet = 0;
    }
  }
  return world.risk();
}

} // namespace

TEST_CASE("the bound holds in at least 95 % of campaigns, where waiting for silence does not") {
  const auto seed = test::property_seed("convergence simulation");
  constexpr int campaigns = 300;
  const Goal goal{.epsilon = .01, .confidence = .95};
  const Random root(seed);
  int held = 0;
  int naive_held = 0;
  std::size_t attempts = 0;
  for (int i = 0; i < campaigns; ++i) {
    Random random = root.derive(static_cast<std::uint64_t>(i));
    const auto pairs = plant(random);
    World world(random.derive(1), pairs);
    ConvergenceRule rule(goal);
    held += campaign(world, rule) <= *bound(*rule.last_complete()) ? 1 : 0;
    attempts += rule.state().attempts.size();
    World naive(random.derive(2), pairs);
    naive_held += naive_campaign(naive, quiet_runs(goal)) <= goal.epsilon ? 1 : 0;
  }
  std::printf("bound held in %d of %d campaigns (%.1f attempts each); after %llu silent runs alone "
              "in %d\n",
              held, campaigns, static_cast<double>(attempts) / campaigns,
              static_cast<unsigned long long>(quiet_runs(goal)), naive_held);
  CHECK(held >= campaigns * 95 / 100);
  CHECK(naive_held < campaigns * 95 / 100);
}
