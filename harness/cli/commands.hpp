// The sub-commands of `harness`: each is one file harness/cli/NAME.cpp that defines one Command,
// and one entry in the table of commands.cpp. Knows CLI11 by name only; include it in .cpp files.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace harness::cli {

/// What is the same for every sub-command.
struct Invocation {
  /// The program to run and its arguments: the words behind `--`, or from the first word that is no
  /// option. Empty for Program::none, not empty for Program::required.
  std::vector<std::string> program;
};

/// Runs the command; returns the exit status. Throws UserError (64); anything else thrown is a
/// failure of ours (70).
using Action = std::function<int(const Invocation&)>;

enum class Program { none, optional, required };

struct Command {
  const char* name;
  const char* summary;  // one line for the list of commands
  const char* examples; // whole lines, shown below --help
  /// Adds the command's options to `app` and returns what to run once they are parsed. Values go to
  /// a struct that the action shares (std::make_shared), so that they outlive `define`.
  Action (*define)(CLI::App& app);
  Program program = Program::none; // words behind `--`
  bool hidden = false;             // not in the list: for our own processes
};

/// In the order of the list that --help prints.
std::span<const Command* const> commands();

/// The whole program: parses, runs, maps failures to exit statuses.
int run(int argc, char** argv);

} // namespace harness::cli
