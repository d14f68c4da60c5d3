// What the commands take, as data: for completions and manual pages, which are made from the same
// definitions as --help and so cannot drift from them.
#pragma once

#include "harness/cli/commands.hpp"

#include <string>
#include <vector>

namespace harness::cli {

struct OptionWords {
  std::vector<std::string> names; // "-o", "--output"; empty for an operand
  std::string operand;            // "PLAN" for an operand
  std::string value;              // what the option takes, "" if nothing: "FILE"
  std::string description;
  bool required = false;
};

/// In the order of --help.
std::vector<OptionWords> words_of(const Command& command);

/// Commands that people type.
std::vector<const Command*> visible_commands();

/// "harness trace [OPTION]... [--] PROGRAM [ARG]...".
std::string synopsis_of(const Command& command);

} // namespace harness::cli
