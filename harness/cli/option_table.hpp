// The operands and options of each command as data. --help, completions and manual pages are all
// made from this table, so that they always agree.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/cli/commands.hpp"

#include <string>
#include <vector>

namespace harness::cli {

struct OptionHelp {
  std::vector<std::string> names; // "-o", "--output"; empty for an operand
  std::string operand;            // "PLAN" for an operand
  std::string value;              // what the option takes, "" if nothing: "FILE"
  std::string description;
  bool required = false;
  bool repeated = false; // an operand that may be given several times
};

/// In the order of --help.
std::vector<OptionHelp> option_help(const Command& command);

/// Commands that people type: all but the internal ones.
std::vector<const Command*> visible_commands();

/// "harness trace [OPTION]... [--] PROGRAM [ARG]...".
std::string synopsis_of(const Command& command);

} // namespace harness::cli
