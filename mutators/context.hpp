// Context: the state that every draw and mutation works with. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mutators/expander.hpp"
#include "mutators/generator.hpp"
#include "mutators/tables.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

namespace harness::mutators {

/// All borrowed, for one call of the generator.
struct Context {
  const GrammarTables& tables;
  const Dictionary& dictionary;
  const GeneratorOptions& options;
  const std::vector<std::string>& calls; // that faults may hit
  Random& random;

  TreeView tree(const Input& input) const { return {input.files, options.base_files}; }
  Expander expander(const Input& input) const {
    return Expander(tables, dictionary, random, tree(input));
  }
  bool one_in(std::uint64_t count) const { return random.chance(1, count); }
  /// From 1 to `most`, small ones much more often.
  std::uint64_t small_number(std::uint64_t most) const {
    std::uint64_t top = 2;
    while (top < most && random.chance(2, 3)) {
      top *= 2;
    }
    return 1 + random.below(std::min(top, most));
  }
  template <typename Container> const auto& pick(const Container& items) const {
    return items[static_cast<std::size_t>(random.below(std::size(items)))];
  }
  /// A position in `list` at which something can be put in.
  template <typename Value> auto gap(std::vector<Value>& list) const {
    return list.begin() + static_cast<std::ptrdiff_t>(random.below(list.size() + 1));
  }
  template <typename Value> void insert(std::vector<Value>& list, Value value) const {
    list.insert(gap(list), std::move(value));
  }
};

// ---- changes that any list knows; false if the list is too short --------------------------------

template <typename Value> bool erase_one(std::vector<Value>& list, const Context& context) {
  if (list.empty()) {
    return false;
  }
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(context.random.below(list.size())));
  return true;
}

template <typename Value> bool duplicate_one(std::vector<Value>& list, const Context& context) {
  if (list.empty()) {
    return false;
  }
  Value copy = list[context.random.below(list.size())];
  context.insert(list, std::move(copy));
  return true;
}

template <typename Value> bool swap_two(std::vector<Value>& list, const Context& context) {
  if (list.size() < 2) {
    return false;
  }
  const std::size_t a = context.random.below(list.size());
  const std::size_t b = (a + 1 + context.random.below(list.size() - 1)) % list.size();
  std::swap(list[a], list[b]);
  return true;
}

/// Moves a stretch of the list to another place, or takes it out.
template <typename Value> bool move_stretch(std::vector<Value>& list, const Context& context) {
  if (list.size() < 2) {
    return false;
  }
  const std::size_t from = context.random.below(list.size());
  const std::size_t count = context.small_number(list.size() - from);
  const auto begin = list.begin() + static_cast<std::ptrdiff_t>(from);
  std::vector<Value> stretch(std::make_move_iterator(begin),
                             std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(count)));
  list.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  if (!context.one_in(4)) {
    list.insert(context.gap(list), std::make_move_iterator(stretch.begin()),
                std::make_move_iterator(stretch.end()));
  }
  return true;
}

} // namespace harness::mutators
