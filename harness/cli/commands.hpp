// The sub-commands of `harness`: each is one file harness/cli/NAME.cpp that defines one Command,
// and one entry in the table of commands.cpp. CLI11 is only declared here; .cpp files include it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace harness::cli {

/// What every sub-command receives besides its own options.
struct Invocation {
  /// The program to run and its arguments: the words behind `--`, or all words from the first that
  /// is not an option. Empty for Program::none, not empty for Program::required.
  std::vector<std::string> program;
};

/// Runs the command; returns the exit status. Throws UserError (64); anything else thrown is a
/// failure of ours (70).
using CommandAction = std::function<int(const Invocation&)>;

enum class Program { none, optional, required };

/// Where `harness --help` lists a command. Internal commands are not listed: harness starts them.
enum class Group { explore, inspect, policy, setup, internal };

struct Command {
  const char* name;
  const char* summary;  // one imperative line for the list of commands
  const char* examples; // whole lines, shown below --help
  /// Adds the command's options to `app` and returns what to run once they are parsed. Values go to
  /// a struct that the action shares (std::make_shared), so that they outlive `define`.
  CommandAction (*define)(CLI::App& app);
  Group group;
  Program program = Program::none; // whether words behind `--` are taken
};

/// In the order in which --help lists them within each group.
std::span<const Command* const> commands();

/// The whole program: parses, runs, maps failures to exit statuses.
int run(int argc, char** argv);

} // namespace harness::cli
