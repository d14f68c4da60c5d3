// Mutation: one typed change of an input, and the tables of mutations, one for each file
// mutate_*.cpp. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mutators/context.hpp"

#include <span>
#include <string_view>

namespace harness::mutators {

struct Mutation {
  std::string_view name; // for tests and measurements
  Dimension dimension;
  double weight;
  /// Changes the input; false if it has nothing to change that way. May leave limits to `settle`.
  bool (*apply)(Input&, const Context&);
  bool raw = false; // blind changes of bytes: only where the grammar allows raw_mutation
};

std::span<const Mutation> argument_mutations();
std::span<const Mutation> environment_mutations();
std::span<const Mutation> stream_mutations(); // standard input, streams, terminal
std::span<const Mutation> file_mutations();
std::span<const Mutation> configuration_mutations();
std::span<const Mutation> script_mutations();
std::span<const Mutation> surrounding_mutations(); // identity, limits, sidecars, signals, faults

/// All of the above.
std::span<const Mutation> all_mutations();

// ---- fresh draws of a dimension into an input that has none of it yet ---------------------------

void draw_files(Input& input, const Context& context);
void draw_arguments(Input& input, const Context& context);
void draw_environment(Input& input, const Context& context);
void draw_streams(Input& input, const Context& context);
void draw_configuration(Input& input, const Context& context);
void draw_script(Input& input, const Context& context);
void draw_surroundings(Input& input, const Context& context);

} // namespace harness::mutators
