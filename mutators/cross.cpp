// SPDX-License-Identifier: Apache-2.0
#include "mutators/cross.hpp"

namespace harness::mutators {

namespace {

template <typename List> List cross_lists(const List& a, const List& b, Random& random) {
  switch (random.below(3)) {
  case 0:
    return a;
  case 1:
    return b;
  default: {
    const auto head = static_cast<std::ptrdiff_t>(random.below(a.size() + 1));
    const auto tail = static_cast<std::ptrdiff_t>(random.below(b.size() + 1));
    List both(a.begin(), a.begin() + head);
    both.insert(both.end(), b.begin() + tail, b.end());
    return both;
  }
  }
}

template <typename Value> const Value& either(const Value& a, const Value& b, Random& random) {
  return random.chance(1, 2) ? a : b;
}

} // namespace

Input cross_inputs(const Input& a, const Input& b, Random& random) {
  Input child;
  // Arguments name files: the tree mostly comes from where they come from.
  const bool together = random.chance(2, 3);
  const Input& first = either(a, b, random);
  child.arguments = together ? first.arguments : cross_lists(a.arguments, b.arguments, random);
  child.files = together ? first.files : cross_lists(a.files, b.files, random);
  child.environment = cross_lists(a.environment, b.environment, random);
  child.standard_input = either(a, b, random).standard_input;
  if (random.chance(1, 3)) {
    child.standard_input.bytes =
        cross_lists(a.standard_input.bytes, b.standard_input.bytes, random);
  }
  const Input& streams = either(a, b, random);
  child.standard_output = streams.standard_output;
  child.standard_error = streams.standard_error;
  child.terminal = streams.terminal;
  child.configuration = cross_lists(a.configuration, b.configuration, random);
  child.script = cross_lists(a.script, b.script, random);
  child.signals = either(a, b, random).signals;
  child.faults = either(a, b, random).faults;
  child.limits = either(a, b, random).limits;
  child.identity = either(a, b, random).identity;
  child.sidecars = either(a, b, random).sidecars;
  return child;
}

} // namespace harness::mutators
