// Grammar: what inputs of a target look like, as the plan says it. Pure value; the mutators compile
// it. docs/user/plan.md is its reference.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/user_error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace harness {

/// Text with holes: "--color={when}". A hole names a rule of the grammar or a built-in:
///   {int:LOW..HIGH}  {word}  {string}  {bytes:N}  {path}  {new_path}  {directory}  {dictionary}
///   {path:KIND} with a FileNode kind; {new:KIND} makes up a name of that kind (a table, a key) and
///   {old:KIND} is one that was made up before in the same input; {space} is a blank that does not
///   separate; {run}, {port}, {socket} are filled in for each run. "{{" is a brace. A space
///   separates words where words count. docs/user/grammar.md is the reference.
struct Template {
  std::string text;
  double weight = 1;
  SourceLocation where;
  friend bool operator==(const Template& a, const Template& b) {
    return a.text == b.text && a.weight == b.weight;
  }
};

/// Alternatives, drawn by weight.
using Alternatives = std::vector<Template>;

/// Options of the command line. Of one group at max one is drawn.
struct OptionGroup {
  std::string name; // "" = no group: each stands for itself
  Alternatives options;
  friend bool operator==(const OptionGroup&, const OptionGroup&) = default;
};

/// A list of which between `min` and `max` elements are drawn.
struct Repeated {
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  Alternatives of;
  friend bool operator==(const Repeated&, const Repeated&) = default;
};

struct Grammar {
  std::vector<OptionGroup> options;
  std::uint32_t max_options = 6; // drawn for one input
  Repeated operands;
  Repeated environment;    // "NAME=value", or "NAME" to take it out
  Repeated configuration;  // one line each
  Repeated script;         // one step each, `command` unless it begins with "@KIND"
  Repeated files;          // node lines as in the text form of inputs: "file a mode 0600"
  Repeated standard_input; // pieces; joined
  std::map<std::string, Alternatives> rules;
  std::vector<std::string> dictionary; // words beyond the grammar's own
  bool raw_mutation = true;            // bytes of arguments and input are also mutated blindly
  /// Dimensions that are switched on beyond what the grammar names: "streams", "terminal",
  /// "identity", "limits", "signals", "faults", "file_tree", "environment", "sidecars".
  std::vector<std::string> dimensions;
  std::vector<std::string> sidecars; // names that `workload.sidecars` explains
  friend bool operator==(const Grammar&, const Grammar&) = default;
};

} // namespace harness
