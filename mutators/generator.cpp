// SPDX-License-Identifier: Apache-2.0
#include "mutators/generator.hpp"

#include "core/model/syscall_table.hpp"
#include "mutators/clamp_to_limits.hpp"
#include "mutators/cross.hpp"
#include "mutators/mutation.hpp"

#include <algorithm>

namespace harness::mutators {

namespace {

/// Mutations on top of each other in one step: one always, more ever more rarely.
constexpr int max_stacked = 8;
/// A mutation may find nothing to change, or change something into itself: try others.
constexpr int max_attempts = 24;

bool usable(const Mutation& mutation, const GrammarTables& tables) {
  return tables.has(mutation.dimension) && (!mutation.raw || tables.raw_mutation);
}

} // namespace

Generator::Generator(CompiledGrammar grammar, Dictionary dictionary, GeneratorOptions options)
    : grammar_(std::move(grammar)), dictionary_(std::move(dictionary)),
      options_(std::move(options)) {
  for (const auto& word : grammar_.tables().dictionary) {
    dictionary_.add(word);
  }
  double sum = 0;
  const auto all = all_mutations();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (usable(all[i], grammar_.tables())) {
      sum += all[i].weight;
      mutations_.push_back(i);
      sums_.push_back(sum);
    }
  }
}

Input Generator::fresh(Random& random) const {
  Input input;
  const Context context{grammar_.tables(), dictionary_, options_, calls_, random};
  draw_files(input, context); // first: what follows names paths
  draw_arguments(input, context);
  draw_environment(input, context);
  draw_streams(input, context);
  draw_configuration(input, context);
  draw_script(input, context);
  draw_surroundings(input, context);
  clamp_to_limits(input);
  return input;
}

Input Generator::mutate(const Input& input, Random& random) const {
  Input changed = input;
  if (mutations_.empty()) {
    return changed;
  }
  const Context context{grammar_.tables(), dictionary_, options_, calls_, random};
  int wanted = 1;
  while (wanted < max_stacked && random.chance(1, 2)) {
    ++wanted;
  }
  for (int attempts = 0; attempts < max_attempts && wanted > 0; ++attempts) {
    const double drawn = random.unit() * sums_.back();
    const auto found = std::upper_bound(sums_.begin(), sums_.end(), drawn);
    const auto at = std::min(static_cast<std::size_t>(found - sums_.begin()), sums_.size() - 1);
    wanted -= all_mutations()[mutations_[at]].apply(changed, context) ? 1 : 0;
    if (wanted == 0) {
      clamp_to_limits(changed);
      wanted += changed == input ? 1 : 0;
    }
  }
  clamp_to_limits(changed);
  return changed;
}

Input Generator::cross(const Input& a, const Input& b, Random& random) const {
  Input child = cross_inputs(a, b, random);
  clamp_to_limits(child);
  return child;
}

Input Generator::draw(std::span<const Input> corpus, Random& random) const {
  if (corpus.empty() || random.unit() < options_.fresh_share) {
    return fresh(random);
  }
  const Input& first = corpus[random.below(corpus.size())];
  if (random.chance(1, 4)) {
    const Input child = cross(first, corpus[random.below(corpus.size())], random);
    return random.chance(1, 2) ? mutate(child, random) : child;
  }
  return mutate(first, random);
}

void Generator::learn_call(std::string_view name) {
  // A call of another architecture can't be named by a fault; those that do not return can't fail.
  static constexpr std::string_view no_return[] = {"exit", "exit_group", "rt_sigreturn"};
  if (find_syscall(name) && name.find(':') == std::string_view::npos &&
      std::find(std::begin(no_return), std::end(no_return), name) == std::end(no_return) &&
      std::find(calls_.begin(), calls_.end(), name) == calls_.end()) {
    calls_.emplace_back(name);
  }
}

std::span<const Mutation> all_mutations() {
  static const std::vector<Mutation> all = [] {
    std::vector<Mutation> gathered;
    for (const auto part :
         {argument_mutations(), environment_mutations(), stream_mutations(), file_mutations(),
          configuration_mutations(), script_mutations(), surrounding_mutations()}) {
      gathered.insert(gathered.end(), part.begin(), part.end());
    }
    return gathered;
  }();
  return all;
}

} // namespace harness::mutators
