// Configuration: lines of the grammar and their values.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/mutation.hpp"

namespace harness::mutators {

namespace {

bool insert_configuration(Input& input, const Context& context) {
  const auto& choice = context.tables.configuration.of;
  if (choice.empty()) {
    return false;
  }
  auto expander = context.expander(input);
  auto words = expander.words(expander.choose(choice));
  if (words.empty()) {
    return false;
  }
  context.insert(input.configuration, std::move(words));
  return true;
}

bool erase_configuration(Input& input, const Context& context) {
  return erase_one(input.configuration, context);
}
bool swap_configuration(Input& input, const Context& context) {
  return swap_two(input.configuration, context);
}

bool change_configuration(Input& input, const Context& context) {
  if (input.configuration.empty()) {
    return false;
  }
  auto& words = context.random.pick(input.configuration);
  if (words.size() < 2) {
    return false;
  }
  // The first word is the option's name; another name is another line's business.
  std::string& word = words[1 + context.random.below(words.size() - 1)];
  word = context.one_in(2) ? std::to_string(draw_integer(INT32_MIN, INT32_MAX, context.random))
                           : draw_word(context.dictionary, context.random);
  return true;
}

constexpr Mutation configuration_table[] = {
    {"insert configuration", Dimension::configuration, 1.5, insert_configuration},
    {"erase configuration", Dimension::configuration, 0.6, erase_configuration},
    {"swap configuration", Dimension::configuration, 0.2, swap_configuration},
    {"change configuration", Dimension::configuration, 0.6, change_configuration},
};

} // namespace

std::span<const Mutation> configuration_mutations() {
  return configuration_table;
}

void draw_configuration(Input& input, const Context& context) {
  const auto& repeated = context.tables.configuration;
  const auto count = repeated.of.empty() ? 0 : context.random.between(repeated.min, repeated.max);
  for (std::int64_t i = 0; i < count; ++i) {
    insert_configuration(input, context);
  }
}

} // namespace harness::mutators
