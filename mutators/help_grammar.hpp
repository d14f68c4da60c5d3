// From the help of a program to a first grammar: templates, each with a comment, for a person to
// edit. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/grammar.hpp"
#include "mutators/help_text.hpp"

#include <string>
#include <utility>
#include <vector>

namespace harness::mutators {

struct CommentedTemplate {
  std::string text;
  std::string comment; // one line, may be empty
  double weight = 1;
};

/// What a plan of `harness init` says about arguments; all templates compile together with `rules`.
struct HelpGrammar {
  std::vector<CommentedTemplate> options;
  std::vector<CommentedTemplate> operands;
  std::vector<std::pair<std::string, std::vector<std::string>>> rules; // in the order of reading
};

/// `command_line`: the arguments with which the user runs the program; they become operands, too.
HelpGrammar help_grammar(const HelpText& help, const std::vector<std::string>& command_line);

/// The same as a Grammar.
Grammar to_grammar(const HelpGrammar& grammar);

} // namespace harness::mutators
