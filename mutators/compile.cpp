// SPDX-License-Identifier: Apache-2.0
#include "core/base/remedy.hpp"
#include "core/base/text.hpp"
#include "core/model/input_text.hpp"
#include "mutators/check_dimension.hpp"
#include "mutators/expander.hpp"
#include "mutators/grammar.hpp"
#include "mutators/lines.hpp"
#include "mutators/tables.hpp"
#include "mutators/template.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace harness::mutators {

namespace {

using PieceKind = Piece::Kind;

/// Turns the parts of one grammar into tables.
class Compiler {
public:
  explicit Compiler(const Grammar& grammar) : grammar_(grammar) {
    for (const auto& [name, alternatives] : grammar.rules) {
      rule_names_.push_back(name);
    }
  }

  GrammarTables compile() {
    compile_rules();
    for (const auto& group : grammar_.options) {
      tables_.groups.push_back({group.name, choice(group.options, Quotes::honored)});
    }
    tables_.max_options = grammar_.max_options;
    tables_.operands = repeated(grammar_.operands, Quotes::honored);
    tables_.environment = repeated(grammar_.environment, Quotes::literal);
    tables_.configuration = repeated(grammar_.configuration, Quotes::honored);
    tables_.script = repeated(grammar_.script, Quotes::literal);
    tables_.files = repeated(grammar_.files, Quotes::honored);
    tables_.standard_input = repeated(grammar_.standard_input, Quotes::literal);
    tables_.dictionary = grammar_.dictionary;
    tables_.raw_mutation = grammar_.raw_mutation;
    tables_.sidecars = grammar_.sidecars;
    enable_dimensions();
    collect_naming();
    check_lines();
    return std::move(tables_);
  }

private:
  Choice choice(const Alternatives& alternatives, Quotes quotes) {
    Choice made;
    double sum = 0;
    for (const auto& alternative : alternatives) {
      made.patterns.push_back(parse_template(alternative, rule_names_, quotes));
      note_kinds(made.patterns.back(), alternative);
      sum += std::max(alternative.weight, 0.0);
      made.sums.push_back(sum);
    }
    if (sum <= 0) {
      for (std::size_t i = 0; i < made.sums.size(); ++i) {
        made.sums[i] = static_cast<double>(i + 1);
      }
    }
    settle_depths(made);
    return made;
  }

  void note_kinds(const Pattern& pattern, const Template& source) {
    for (const Piece& piece : pattern.pieces) {
      if (piece.kind == PieceKind::new_name) {
        made_up_.insert(piece.text);
      } else if (piece.kind == PieceKind::old_name) {
        asked_for_.try_emplace(piece.text, &source);
      }
    }
  }

  RepeatedChoice repeated(const Repeated& source, Quotes quotes) {
    return {source.min, std::max(source.min, source.max), choice(source.of, quotes)};
  }

  /// Depth of a pattern: of the deepest rule that it needs, at the least, plus itself. UINT32_MAX
  /// where a rule is not known to end (yet).
  std::uint32_t depth_of(const Pattern& pattern) const {
    std::uint32_t depth = 0;
    for (const Piece& piece : pattern.pieces) {
      if (piece.kind == PieceKind::rule) {
        depth = std::max(depth, rule_depths_[piece.rule]);
      }
    }
    return depth == UINT32_MAX ? depth : depth + 1;
  }

  void settle_depths(Choice& made) const {
    for (std::size_t i = 0; i < made.patterns.size(); ++i) {
      made.patterns[i].depth = depth_of(made.patterns[i]);
      if (made.patterns[i].depth < made.patterns[made.shallowest].depth) {
        made.shallowest = i;
      }
    }
  }

  void compile_rules() {
    rule_depths_.assign(rule_names_.size(), UINT32_MAX);
    for (const auto& [name, alternatives] : grammar_.rules) {
      if (alternatives.empty()) {
        throw UserError({}, fmt::format("the rule {} has no alternatives", name),
                        "write at least one, or remove the rule");
      }
      if (is_built_in(name)) {
        throw UserError(alternatives.front().where,
                        fmt::format("the rule {} has the name of a built-in placeholder", name),
                        fmt::format("rename it, for example to my_{}", name));
      }
      tables_.rules.push_back(choice(alternatives, Quotes::literal));
    }
    // Depths settle from the rules without holes upwards; a round that changes nothing is the last.
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t rule = 0; rule < tables_.rules.size(); ++rule) {
        Choice& made = tables_.rules[rule];
        settle_depths(made);
        const std::uint32_t depth = made.patterns[made.shallowest].depth;
        changed = changed || depth != rule_depths_[rule];
        rule_depths_[rule] = depth;
      }
    }
    for (std::size_t rule = 0; rule < rule_names_.size(); ++rule) {
      if (rule_depths_[rule] == UINT32_MAX) {
        const std::string& name = rule_names_[rule];
        throw UserError(
            grammar_.rules.at(name).front().where,
            fmt::format("the rule {} never ends: each of its alternatives contains it", name),
            "add an alternative that does not contain the rule");
      }
    }
  }

  void enable_dimensions() {
    const auto enable = [&](Dimension dimension, bool wanted) {
      tables_.enabled[static_cast<std::size_t>(dimension)] |= wanted;
    };
    enable(Dimension::arguments, !grammar_.options.empty() || !grammar_.operands.of.empty());
    enable(Dimension::environment, !grammar_.environment.of.empty());
    enable(Dimension::standard_input, !grammar_.standard_input.of.empty());
    enable(Dimension::file_tree, !grammar_.files.of.empty());
    enable(Dimension::configuration, !grammar_.configuration.of.empty());
    enable(Dimension::script, !grammar_.script.of.empty());
    enable(Dimension::sidecars, !grammar_.sidecars.empty());
    for (const auto& name : grammar_.dimensions) {
      check_dimension(name, {});
      const auto found = std::find(dimension_names.begin(), dimension_names.end(), name);
      const auto dimension = static_cast<Dimension>(found - dimension_names.begin());
      enable(dimension, true);
      tables_.typed[static_cast<std::size_t>(dimension)] = true;
    }
  }

  void collect_naming() {
    std::set<std::string> kinds;
    const auto collect = [&](const Choice& from, bool lines) {
      for (const Pattern& pattern : from.patterns) {
        bool names = false;
        for (const Piece& piece : pattern.pieces) {
          if (piece.kind == PieceKind::new_name || piece.kind == PieceKind::old_name) {
            kinds.insert(piece.text);
            names = names || piece.kind == PieceKind::new_name;
          }
        }
        // Only a literal beginning tells whether a line follows the pattern at all.
        if (lines && names && pattern.pieces.front().kind == PieceKind::text) {
          tables_.naming.push_back(pattern);
        }
      }
    };
    collect(tables_.script.of, true);
    collect(tables_.standard_input.of, true);
    collect(tables_.configuration.of, true);
    collect(tables_.operands.of, true);
    for (const auto& group : tables_.groups) {
      collect(group.options, true);
    }
    collect(tables_.environment.of, false);
    collect(tables_.files.of, false);
    for (const auto& rule : tables_.rules) {
      collect(rule, false);
    }
    tables_.name_kinds.assign(kinds.begin(), kinds.end());
    for (const auto& [kind, source] : asked_for_) {
      if (!made_up_.contains(kind)) {
        throw UserError(
            source->where,
            fmt::format("template {0}: no template defines {{new:{1}}}, which {{old:{1}}} needs",
                        quote(source->text.substr(0, 80)), kind),
            fmt::format("rename it, or add a template with {{new:{}}}", kind));
      }
    }
  }

  /// Node lines, script steps and variables have a form of their own: an alternative that never
  /// keeps it is a mistake. Eight draws of each tell.
  void check_lines() const {
    const auto check = [&](const Choice& made, const Alternatives& sources, auto parse) {
      const Dictionary dictionary(grammar_.dictionary);
      Random random(1);
      for (std::size_t i = 0; i < made.patterns.size(); ++i) {
        std::string problem;
        for (int round = 0; round < 8; ++round) {
          Expander expander(tables_, dictionary, random, {});
          const auto parsed = parse(expander.words(made.patterns[i]));
          if (parsed) {
            problem.clear();
            break;
          }
          problem = parsed.error().message;
        }
        if (!problem.empty()) {
          throw with_remedy(
              sources[i].where,
              fmt::format("template {}: {}", quote(sources[i].text.substr(0, 80)), problem), "");
        }
      }
    };
    check(tables_.files.of, grammar_.files.of,
          [](const std::vector<std::string>& words) { return node_from_words(words); });
    check(tables_.script.of, grammar_.script.of,
          [](const std::vector<std::string>& words) { return step_from_words(words); });
    check(tables_.environment.of, grammar_.environment.of, variable_from_words);
  }

  /// The blanks of a variable are its own: what matters is that it has a name.
  static Result<> variable_from_words(const std::vector<std::string>& words) {
    if (words.empty() || words[0].empty() || words[0].starts_with('=')) {
      return Error{"a variable without a name; write NAME=value, or NAME to remove it"};
    }
    return Done{};
  }

  const Grammar& grammar_;
  std::vector<std::string> rule_names_;
  std::vector<std::uint32_t> rule_depths_;
  std::set<std::string> made_up_;                    // kinds of {new:KIND}
  std::map<std::string, const Template*> asked_for_; // kinds of {old:KIND}, where first
  GrammarTables tables_;
};

} // namespace

CompiledGrammar::CompiledGrammar()
    : CompiledGrammar(compile(Grammar{.dimensions = {"arguments", "standard_input"}})) {}

void check_dimension(const std::string& name, const SourceLocation& where) {
  if (std::find(dimension_names.begin(), dimension_names.end(), name) != dimension_names.end()) {
    return;
  }
  const std::vector<std::string> known(dimension_names.begin(), dimension_names.end());
  const auto near = nearest_word(name, known);
  throw UserError(where,
                  fmt::format("unknown dimension {}{}", quote(name),
                              near ? fmt::format("; did you mean {}?", *near) : ""),
                  fmt::format("write one of {}", fmt::join(known, ", ")));
}

CompiledGrammar compile(const Grammar& grammar) {
  return CompiledGrammar(std::make_shared<const GrammarTables>(Compiler(grammar).compile()));
}

} // namespace harness::mutators
