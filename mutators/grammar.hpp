// CompiledGrammar: the grammar of a plan, checked and prepared for drawing. Depends only on
// core/base and core/model. docs/user/grammar.md is the reference of templates and placeholders.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/grammar.hpp"

#include <memory>

namespace harness::mutators {

struct GrammarTables; // mutators/tables.hpp

/// An immutable value; copies share their tables.
class CompiledGrammar {
public:
  /// The empty grammar: raw mutation of arguments and standard input alone.
  CompiledGrammar();
  explicit CompiledGrammar(std::shared_ptr<const GrammarTables> tables)
      : tables_(std::move(tables)) {}
  const GrammarTables& tables() const { return *tables_; }

private:
  std::shared_ptr<const GrammarTables> tables_;
};

/// Throws UserError with the template's place and what to write instead: unknown rule, bad range,
/// a rule that never ends, an unbalanced brace, an unknown dimension or kind of file, a node line
/// that can't be read.
CompiledGrammar compile(const Grammar& grammar);

} // namespace harness::mutators
