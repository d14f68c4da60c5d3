// SPDX-License-Identifier: Apache-2.0
#include "core/model/dimension.hpp"

namespace harness {

namespace {

bool feeds(StandardInput::Kind kind) {
  return kind == StandardInput::Kind::file || kind == StandardInput::Kind::pipe;
}

void clear_terminal(Input& input) {
  if (input.standard_input.kind == StandardInput::Kind::terminal) {
    input.standard_input = {};
  }
  for (OutputKind* output : {&input.standard_output, &input.standard_error}) {
    *output = *output == OutputKind::terminal ? OutputKind::capture : *output;
  }
  input.terminal = {};
}

void clear_streams(Input& input) {
  if (input.standard_input.kind == StandardInput::Kind::closed) {
    input.standard_input = {};
  }
  for (OutputKind* output : {&input.standard_output, &input.standard_error}) {
    *output = *output == OutputKind::terminal ? *output : OutputKind::capture;
  }
}

} // namespace

Input without(const Input& input, Dimension dimension) {
  Input rest = input;
  switch (dimension) {
  case Dimension::arguments:
    rest.arguments.clear();
    break;
  case Dimension::environment:
    rest.environment.clear();
    break;
  case Dimension::standard_input:
    if (feeds(rest.standard_input.kind)) {
      rest.standard_input = {};
    } else if (rest.standard_input.kind != StandardInput::Kind::terminal) {
      rest.standard_input.bytes.clear();
    }
    break;
  case Dimension::streams:
    clear_streams(rest);
    break;
  case Dimension::terminal:
    clear_terminal(rest);
    break;
  case Dimension::file_tree:
    rest.files.clear();
    break;
  case Dimension::identity:
    rest.identity = {};
    break;
  case Dimension::limits:
    rest.limits.clear();
    break;
  case Dimension::configuration:
    rest.configuration.clear();
    break;
  case Dimension::script:
    rest.script.clear();
    break;
  case Dimension::signals:
    rest.signals.clear();
    break;
  case Dimension::faults:
    rest.faults.clear();
    break;
  case Dimension::sidecars:
    rest.sidecars.clear();
    break;
  }
  return rest;
}

std::vector<Dimension> dimensions_of(const Input& input) {
  std::vector<Dimension> used;
  for (std::size_t at = 0; at < dimension_names.size(); ++at) {
    const auto dimension = static_cast<Dimension>(at);
    if (without(input, dimension) != input) {
      used.push_back(dimension);
    }
  }
  return used;
}

} // namespace harness
