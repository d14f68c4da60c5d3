// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/required_dimensions.hpp"

#include <algorithm>
#include <map>

namespace harness::analysis {

namespace {

constexpr std::array<Dimension, dimension_names.size()> rarest_first = {
    Dimension::faults,    Dimension::signals,       Dimension::sidecars, Dimension::identity,
    Dimension::limits,    Dimension::terminal,      Dimension::streams,  Dimension::environment,
    Dimension::file_tree, Dimension::configuration, Dimension::script,   Dimension::standard_input,
    Dimension::arguments};

/// One input of one call that is being reduced.
struct Trial {
  std::size_t wanted;
  Input input;
  bool shown = false;
};

/// Runs `texts`, each once however often it is asked for; what they showed, in their order.
std::vector<SyscallSet> show_each(const std::vector<std::string>& texts, const ShowCalls& show) {
  std::map<std::string, std::size_t> places;
  std::vector<std::string> once;
  for (const auto& text : texts) {
    if (places.try_emplace(text, once.size()).second) {
      once.push_back(text);
    }
  }
  const auto shown = show(once);
  std::vector<SyscallSet> each;
  for (const auto& text : texts) {
    const std::size_t place = places.at(text);
    each.push_back(place < shown.size() ? shown[place] : SyscallSet{});
  }
  return each;
}

/// All inputs of all calls that the empty input does not show, and whether they still show them.
std::vector<Trial> begin_trials(const std::vector<Wanted>& wanted, const SyscallSet& plain,
                                const ShowCalls& show) {
  std::vector<Trial> trials;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (const auto& text : wanted[i].texts) {
      auto input = parse_input(text);
      if (input && !plain.contains(wanted[i].call)) {
        trials.push_back({i, std::move(*input)});
        texts.push_back(text);
      }
    }
  }
  const auto shown = show_each(texts, show);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    trials[i].shown = shown[i].contains(wanted[trials[i].wanted].call);
  }
  return trials;
}

/// Removes `dimension` from every input that also shows its call without it.
void take_away(Dimension dimension, std::vector<Trial>& trials, const std::vector<Wanted>& wanted,
               const ShowCalls& show) {
  std::vector<Trial*> asked;
  std::vector<std::string> texts;
  for (auto& trial : trials) {
    const Input rest = without(trial.input, dimension);
    std::string text = serialize_input(rest);
    if (trial.shown && rest != trial.input && parse_input(text).ok()) {
      asked.push_back(&trial);
      texts.push_back(std::move(text));
    }
  }
  const auto shown = show_each(texts, show);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (shown[i].contains(wanted[asked[i]->wanted].call)) {
      asked[i]->input = without(asked[i]->input, dimension);
    }
  }
}

} // namespace

std::vector<RequiredDimensions> required_dimensions_of(const std::vector<Wanted>& wanted,
                                                       const ShowCalls& show) {
  const std::string empty = serialize_input(Input{});
  const SyscallSet plain = show_each({empty}, show).front();
  auto trials = begin_trials(wanted, plain, show);
  for (const Dimension dimension : rarest_first) {
    take_away(dimension, trials, wanted, show);
  }
  std::vector<RequiredDimensions> needs(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (plain.contains(wanted[i].call)) {
      needs[i] = {true, {}, empty};
    }
  }
  for (const auto& trial : trials) {
    RequiredDimensions& need = needs[trial.wanted];
    auto dimensions = dimensions_of(trial.input);
    if (trial.shown && (!need.shown || dimensions.size() < need.dimensions.size())) {
      need = {true, std::move(dimensions), serialize_input(trial.input)};
    }
  }
  return needs;
}

} // namespace harness::analysis
