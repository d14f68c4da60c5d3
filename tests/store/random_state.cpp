// SPDX-License-Identifier: Apache-2.0
#include "tests/store/random_state.hpp"

#include <string>

namespace harness::store::test {

namespace {

const std::string writers[] = {"w1", "w2", "w3"};
const std::string phases[] = {"startup", "serving"};

SyscallId random_call(Random& random) {
  return {random.chance(1, 4) ? AuditArch::i386 : AuditArch::x86_64,
          static_cast<std::int32_t>(random.below(4)) - 1};
}

std::string random_text(Random& random) {
  const std::string texts[] = {
      "", "plain", "two words", "quo\"te\\\n", std::string("nul\0l", 5), "\xff\xfe"};
  return texts[random.below(std::size(texts))];
}

Origin random_origin(Random& random) {
  return {random.chance(1, 2) ? "c1" : "c2", static_cast<std::uint32_t>(random.below(2))};
}

PairKey random_key(Random& random) {
  return {phases[random.below(2)], random_call(random), random_text(random)};
}

RunCounts random_counts(Random& random) {
  RunCounts counts; // never empty: a count that nobody made is no row
  counts[writers[random.below(3)]] = random.below(4);
  for (const auto& writer : writers) {
    if (random.chance(1, 2)) {
      counts[writer] = random.below(4);
    }
  }
  return counts;
}

PairRecord random_pair(Random& random) {
  PairRecord record;
  for (const auto& writer : writers) {
    if (random.chance(1, 2)) {
      record.counts[writer] = {random.below(4), random.below(4)};
    }
  }
  record.first.run = random.below(3);
  record.first.after_s = static_cast<double>(random.below(2)) / 3;
  record.first.input = random_text(random);
  record.first.reproducer_from = random_text(random);
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    record.first.backtrace.push_back({random_text(random), random.next(), random_text(random)});
  }
  record.stability.tried = static_cast<std::uint32_t>(random.below(3));
  record.stability.shown = static_cast<std::uint32_t>(random.below(record.stability.tried + 1));
  record.only_faulted = random.chance(1, 2);
  return record;
}

AttemptRecord random_attempt(Random& random, unsigned number) {
  AttemptRecord record;
  record.attempt = {.number = number,
                    .planned_runs = 368,
                    .alpha = .05 / number,
                    .state = static_cast<stats::Attempt::State>(random.below(5)),
                    .runs = random.below(4),
                    .news = random.below(3),
                    .incomplete = random.below(3),
                    .incomplete_news = random.below(2)};
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    record.attempt.phases.push_back({.reached = random.below(9), .news = random.below(3)});
  }
  if (random.chance(1, 2)) {
    record.news.insert(random_key(random));
  }
  record.began_at_run = random.below(3);
  record.began_after_s = static_cast<double>(random.below(3)) / 7;
  return record;
}

} // namespace

CampaignState random_state(Random& random) {
  CampaignState state;
  Profile& profile = state.profile;
  profile.phases = {"startup", "serving"};
  for (const auto& writer : writers) {
    state.writers[writer] = random_origin(random);
    profile.runs[writer] = random.below(5);
    profile.incomplete_runs[writer] = random.below(5);
  }
  profile.phase_runs["serving"] = random_counts(random);
  profile.phase_runs["startup"] = random_counts(random);
  for (std::uint64_t i = random.below(6); i > 0; --i) {
    const PairKey key = random_key(random);
    profile.pairs[key] = random_pair(random);
    state.threads[key] = {random_text(random), random_text(random),
                          std::to_string(random.below(20))};
    auto& column = state.incidence[{key.phase, key.call}];
    for (const auto& writer : writers) {
      column[writer] = {random.below(3) + 1, random.below(3) + 1};
    }
  }
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    state.counters[{static_cast<Counter::Kind>(random.below(8)), random_text(random)}] =
        random_counts(random);
    state.curve[{random.chance(1, 2) ? "c1" : "c2", random.below(4)}] = {
        static_cast<double>(random.below(4)) / 9, random.below(3), {{"serving", random.below(3)}}};
    state.elapsed_s[random.chance(1, 2) ? "c1" : "c2"] = static_cast<double>(random.below(3));
    state.trees.insert(tree_text({.name = std::to_string(random.below(30)), .end = "exit"}));
    const auto number = static_cast<unsigned>(random.below(3)) + 1;
    state.attempts[{random_origin(random), number}] = random_attempt(random, number);
    state.failures["crash-" + std::to_string(random.below(3))] = {
        .first_run = random.below(3),
        .first_input = random_text(random),
        .kind = static_cast<FailureRecord::Kind>(random.below(4)),
        .what = random_text(random),
        .last_calls = {"read", random_text(random)},
        .output_tail = random_text(random)};
    InputRecord& input = state.inputs[std::to_string(random.below(4))];
    input = {.bytes = random.below(3), .run = random.below(3), .origin = random_origin(random)};
    input.pairs[phases[random.below(2)]].insert(random_call(random));
  }
  while (state.trees.size() > max_trees) {
    state.trees.erase(std::prev(state.trees.end()));
  }
  return state;
}

} // namespace harness::store::test
