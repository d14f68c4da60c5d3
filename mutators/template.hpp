// From the text of a template to its pieces. Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/grammar.hpp"
#include "mutators/tables.hpp"

#include <span>
#include <string>

namespace harness::mutators {

/// Whether a word that begins with a double quote reaches to the next one, as in the text form of
/// inputs. Scripts and standard input are the target's own text: there quotes mean nothing to us.
enum class Quotes { honored, literal };

/// `rules`: the names that a hole may use, in the order of GrammarTables::rules.
/// Throws UserError with the place of `source`.
Pattern parse_template(const Template& source, std::span<const std::string> rules, Quotes quotes);

/// True for what {NAME} means without a rule: {word}, {path}, {run}, …
bool is_built_in(std::string_view name);

} // namespace harness::mutators
