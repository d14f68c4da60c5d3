// The tables of a compiled grammar. Private to mutators; pure data.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/dimension.hpp"
#include "core/model/grammar.hpp"
#include "core/model/input.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace harness::mutators {

/// One piece of a template: literal text, a blank that separates words, or a hole.
struct Piece {
  enum class Kind {
    text,
    blank,
    rule,
    integer,
    word,
    string,
    bytes,
    path,
    new_path,
    directory,
    dictionary,
    new_name,
    old_name,
  };
  Kind kind = Kind::text;
  std::string text;       // text and blank: as written; names: their kind
  std::uint32_t rule = 0; // index into GrammarTables::rules
  std::int64_t low = 0;
  std::int64_t high = 0;              // integer; bytes: the largest number
  std::optional<FileNode::Kind> node; // path of that kind only
  bool joined = false;                // inside quotes: blanks of a rule do not separate
};

struct Pattern {
  std::vector<Piece> pieces;
  std::uint32_t depth = 1; // of rules until it can end
};

/// Alternatives with running sums of their weights.
struct Choice {
  std::vector<Pattern> patterns;
  std::vector<double> sums;
  std::size_t shallowest = 0;
  bool empty() const { return patterns.empty(); }
};

struct RepeatedChoice {
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  Choice of;
};

struct GroupTable {
  std::string name;
  Choice options;
};

struct GrammarTables {
  std::vector<GroupTable> groups;
  std::uint32_t max_options = 6;
  RepeatedChoice operands, environment, configuration, script, files, standard_input;
  std::vector<Choice> rules;
  std::vector<std::string> dictionary;
  bool raw_mutation = true;
  std::array<bool, dimension_names.size()> enabled{}; // named by a field or by `dimensions`
  std::array<bool, dimension_names.size()> typed{};   // named by `dimensions`: beyond the templates
  std::vector<std::string> sidecars;
  /// Templates of script, configuration and input lines that make up names, and the kinds of names;
  /// by them the names in an input that was written by hand or mutated are found again.
  std::vector<Pattern> naming;
  std::vector<std::string> name_kinds;

  bool has(Dimension dimension) const { return enabled[static_cast<std::size_t>(dimension)]; }
  bool is_typed(Dimension dimension) const { return typed[static_cast<std::size_t>(dimension)]; }
};

} // namespace harness::mutators
