// HelpText: the command line of a program, read from the output of --help or the manual page. Pure.
// The result is a guess: parts of the text that cannot be parsed are omitted.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace harness::mutators {

struct FoundOption {
  enum class Value { none, optional, required };
  std::vector<std::string> spellings; // "-w", "--width", in the order of the text
  Value value = Value::none;
  bool attached = false;            // "--width=COLS", "-0[octal]"; else a word of its own
  std::string value_name;           // "COLS"; as the text has it, without brackets
  std::vector<std::string> choices; // values that the text lists; may be empty
  std::string description;          // first line of it

  /// The long spelling if there is one, else the first.
  const std::string& name() const;
};

struct HelpText {
  std::vector<FoundOption> options;
  std::vector<std::string> commands; // sub-commands that it lists
};

/// Reads options from lines that begin with them ("-w, --width=COLS  set…"), from the brackets of
/// usage lines ("[-q] [-b bits]"), and sub-commands from lists of commands. Each option once. Any
/// bytes are fine; at most 1 MiB and 600 options are looked at.
HelpText read_help(std::string_view text);

/// `text` without the overstrikes and escape sequences by which manual pages are made bold.
std::string plain_text(std::string_view text);

/// Adds to `into` the options of `more` that it lacks, and fills in values and choices that only
/// `more` knows.
void merge_help(HelpText& into, const HelpText& more);

} // namespace harness::mutators
