// Dimension: a part of Input that is drawn, changed and taken away as a whole. Plans name them in
// `grammar.dimensions`. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace harness {

enum class Dimension {
  arguments,
  environment,
  standard_input,
  streams,
  terminal,
  file_tree,
  identity,
  limits,
  configuration,
  script,
  signals,
  faults,
  sidecars,
};
constexpr std::array<std::string_view, 13> dimension_names = {
    "arguments", "environment",   "standard_input", "streams", "terminal", "file_tree", "identity",
    "limits",    "configuration", "script",         "signals", "faults",   "sidecars"};

constexpr std::string_view name_of(Dimension dimension) {
  return dimension_names[static_cast<std::size_t>(dimension)];
}

/// `input` with the dimension at its defaults. A terminal is one dimension, whichever streams are
/// on it; other kinds of streams are another.
Input without(const Input& input, Dimension dimension);

/// Those in which `input` differs from the empty one, in the order above.
std::vector<Dimension> dimensions_of(const Input& input);

} // namespace harness
