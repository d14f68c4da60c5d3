// Arguments: options and operands of the grammar, values, paths, blind changes.
// SPDX-License-Identifier: Apache-2.0
#include "mutators/mutation.hpp"

#include "core/model/input_limits.hpp"

namespace harness::mutators {

namespace {

using Words = std::vector<std::string>;

/// An option with its value, as words; nothing if the grammar has none.
Words draw_option(const Input& input, const Context& context) {
  const auto& groups = context.tables.groups;
  if (groups.empty()) {
    return {};
  }
  // The options that stand for themselves are one group by name, but many by number.
  std::size_t total = 0;
  for (const auto& group : groups) {
    total += group.name.empty() ? group.options.patterns.size() : 1;
  }
  std::size_t drawn = context.random.below(total);
  for (const auto& group : groups) {
    const std::size_t size = group.name.empty() ? group.options.patterns.size() : 1;
    if (drawn < size && !group.options.empty()) {
      auto expander = context.expander(input);
      return expander.words(expander.choose(group.options));
    }
    drawn -= std::min(drawn, size);
  }
  return {};
}

Words draw_operand(const Input& input, const Context& context) {
  if (context.tables.operands.of.empty()) {
    return {};
  }
  auto expander = context.expander(input);
  return expander.words(expander.choose(context.tables.operands.of));
}

void put(Words& arguments, std::size_t at, Words words) {
  arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(at),
                   std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
}

bool insert_option(Input& input, const Context& context) {
  Words words = draw_option(input, context);
  if (words.empty()) {
    return false;
  }
  // Options mostly come first; now and then one follows an operand.
  const std::size_t at = context.one_in(3) ? context.random.below(input.arguments.size() + 1) : 0;
  put(input.arguments, at, std::move(words));
  return true;
}

bool replace_option(Input& input, const Context& context) {
  Words words = draw_option(input, context);
  if (words.empty() || input.arguments.empty()) {
    return false;
  }
  const std::size_t at = context.random.below(input.arguments.size());
  input.arguments.erase(input.arguments.begin() + static_cast<std::ptrdiff_t>(at));
  put(input.arguments, at, std::move(words));
  return true;
}

bool insert_operand(Input& input, const Context& context) {
  Words words = draw_operand(input, context);
  if (words.empty()) {
    return false;
  }
  put(input.arguments, input.arguments.size(), std::move(words));
  return true;
}

bool erase_argument(Input& input, const Context& context) {
  return erase_one(input.arguments, context);
}
bool duplicate_argument(Input& input, const Context& context) {
  return duplicate_one(input.arguments, context);
}
bool swap_arguments(Input& input, const Context& context) {
  return swap_two(input.arguments, context);
}

std::string draw_value(const std::string& old, const Input& input, const Context& context) {
  switch (context.random.below(4)) {
  case 0:
    return std::to_string(draw_integer(INT32_MIN, INT32_MAX, context.random));
  case 1:
    return draw_path(context.tree(input), std::nullopt, context.random);
  case 2:
    return context.tables.raw_mutation
               ? mutate_bytes(old, context.dictionary, input_limits::string_bytes / 2,
                              context.random)
               : draw_word(context.dictionary, context.random);
  default:
    return draw_word(context.dictionary, context.random);
  }
}

/// The value of an option: what follows = or, without one, a whole argument.
bool change_value(Input& input, const Context& context) {
  if (input.arguments.empty()) {
    return false;
  }
  std::string& argument = context.random.pick(input.arguments);
  const auto equals = argument.starts_with('-') ? argument.find('=') : std::string::npos;
  if (equals != std::string::npos) {
    argument =
        argument.substr(0, equals + 1) + draw_value(argument.substr(equals + 1), input, context);
  } else if (!argument.starts_with('-')) {
    argument = draw_value(argument, input, context);
  } else {
    return false;
  }
  return true;
}

/// Makes an operand name something that is there.
bool bind_operand(Input& input, const Context& context) {
  if (context.tree(input).size() == 0) {
    return false;
  }
  std::string path = draw_path(context.tree(input), std::nullopt, context.random);
  for (std::size_t tries = 0; tries < 4 && !input.arguments.empty(); ++tries) {
    std::string& argument = context.random.pick(input.arguments);
    if (!argument.starts_with('-')) {
      argument = std::move(path);
      return true;
    }
  }
  if (context.tables.operands.of.empty()) {
    return false; // a program without operands would take it for a mistake
  }
  input.arguments.push_back(std::move(path));
  return true;
}

bool insert_dictionary_word(Input& input, const Context& context) {
  if (context.dictionary.empty()) {
    return false;
  }
  context.insert(input.arguments, context.pick(context.dictionary.words()));
  return true;
}

/// "--": from here on nothing is an option.
bool end_options(Input& input, const Context& context) {
  context.insert(input.arguments, std::string("--"));
  return true;
}

bool mutate_argument_bytes(Input& input, const Context& context) {
  if (input.arguments.empty()) {
    return false;
  }
  std::string& argument = context.random.pick(input.arguments);
  argument = mutate_bytes(std::move(argument), context.dictionary, input_limits::string_bytes / 2,
                          context.random);
  return true;
}

bool insert_raw_argument(Input& input, const Context& context) {
  context.insert(input.arguments, draw_string(context.dictionary, context.random));
  return true;
}

bool redraw_arguments(Input& input, const Context& context) {
  if (context.tables.groups.empty() && context.tables.operands.of.empty()) {
    return false;
  }
  input.arguments.clear();
  draw_arguments(input, context);
  return true;
}

constexpr Mutation arguments_table[] = {
    {"insert option", Dimension::arguments, 3, insert_option},
    {"replace option", Dimension::arguments, 1.5, replace_option},
    {"insert operand", Dimension::arguments, 1, insert_operand},
    {"erase argument", Dimension::arguments, 1.5, erase_argument},
    {"duplicate argument", Dimension::arguments, 0.3, duplicate_argument},
    {"swap arguments", Dimension::arguments, 0.5, swap_arguments},
    {"change value", Dimension::arguments, 1, change_value},
    {"bind operand", Dimension::arguments, 1, bind_operand},
    {"insert dictionary word", Dimension::arguments, 0.5, insert_dictionary_word},
    {"end options", Dimension::arguments, 0.1, end_options},
    {"redraw arguments", Dimension::arguments, 0.5, redraw_arguments},
    {"change argument bytes", Dimension::arguments, 0.5, mutate_argument_bytes, true},
    {"insert raw argument", Dimension::arguments, 0.1, insert_raw_argument, true},
};

} // namespace

std::span<const Mutation> argument_mutations() {
  return arguments_table;
}

void draw_arguments(Input& input, const Context& context) {
  const auto& tables = context.tables;
  std::vector<bool> used(tables.groups.size(), false);
  const std::uint64_t options = context.random.below(std::uint64_t{tables.max_options} + 1);
  std::size_t members = 0;
  for (const auto& group : tables.groups) {
    members += group.name.empty() ? group.options.patterns.size() : 1;
  }
  auto expander = context.expander(input);
  for (std::uint64_t i = 0; i < options && members > 0; ++i) {
    std::size_t drawn = context.random.below(members);
    for (std::size_t g = 0; g < tables.groups.size(); ++g) {
      const GroupTable& group = tables.groups[g];
      const std::size_t size = group.name.empty() ? group.options.patterns.size() : 1;
      if (drawn >= size) {
        drawn -= size;
        continue;
      }
      if (!group.options.empty() && (group.name.empty() || !used[g])) {
        used[g] = true;
        put(input.arguments, input.arguments.size(),
            expander.words(expander.choose(group.options)));
      }
      break;
    }
  }
  const auto& operands = tables.operands;
  if (!operands.of.empty()) {
    const auto count = context.random.between(operands.min, operands.max);
    for (std::int64_t i = 0; i < count; ++i) {
      put(input.arguments, input.arguments.size(), expander.words(expander.choose(operands.of)));
    }
  }
}

} // namespace harness::mutators
