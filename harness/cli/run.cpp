// What every sub-command shares: parsing, help, suggestions, and the exit status of a failure.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/help.hpp"
#include "harness/cli/option_table.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/style.hpp"
#include "harness/cli/version.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace harness::cli {

namespace {

const Command* find_command(std::string_view name) {
  for (const Command* command : commands()) {
    if (name == command->name) {
      return command;
    }
  }
  return nullptr;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto near = nearest_word(word, known);
  return near ? fmt::format("did you mean {}?", *near) : "";
}

std::string list_of_commands() {
  static constexpr std::pair<Group, const char*> groups[] = {
      {Group::explore, "Explore"},
      {Group::inspect, "Inspect"},
      {Group::policy, "Policy"},
      {Group::setup, "Setup"},
  };
  std::string text = "harness: find the system calls of a program, in each phase of its life,\n"
                     "with a statistical bound on what is still missing.\n\n"
                     "Usage: harness COMMAND [OPTION]...\n"
                     "       harness COMMAND --help\n";
  for (const auto& [group, title] : groups) {
    text += fmt::format("\n{}:\n", title);
    for (const Command* command : commands()) {
      if (command->group == group) {
        text += fmt::format("  {:<10} {}\n", command->name, command->summary);
      }
    }
  }
  return text + "\nFirst campaign:\n  harness explore workloads/ls/ls.yaml --for 60s\n";
}

/// Every option name of `app`, for suggestions.
std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

[[noreturn]] void reject_words(const Command& command, const CLI::App& app,
                               const std::vector<std::string>& extra) {
  const std::string& word = extra.front();
  const std::string bare = word.substr(0, word.find('='));
  const std::string remedy = did_you_mean(bare, option_names(app));
  throw UserError(
      {}, fmt::format("{}: unknown argument {}", command.name, quote_if_needed(word)),
      !remedy.empty() ? remedy : fmt::format("harness {} --help lists its options", command.name));
}

/// The program to run, from the words that CLI11 did not consume: everything from the first word
/// that is not an option, or everything behind `--`.
std::vector<std::string> program_of(const Command& command, const CLI::App& app) {
  auto words = app.remaining();
  const bool separated = !words.empty() && words.front() == "--";
  if (separated) {
    words.erase(words.begin());
  }
  if (!separated && !words.empty() &&
      (command.program == Program::none || words.front().starts_with('-'))) {
    reject_words(command, app, words);
  }
  if (command.program == Program::none && separated) {
    throw UserError({}, fmt::format("{}: takes no program after --", command.name),
                    fmt::format("harness {} --help lists its options", command.name));
  }
  if (command.program == Program::required && words.empty()) {
    throw UserError({}, fmt::format("{}: no program given", command.name),
                    fmt::format("write harness {} [OPTION]... -- PROGRAM ARG...", command.name));
  }
  return words;
}

/// `words` begin with the command's name.
int run_command(const Command& command, const std::vector<std::string>& words) {
  CLI::App app(command.summary, fmt::format("harness {}", command.name));
  app.allow_extras(); // so that unknown words get our own suggestion
  // `harness trace ls -l`: the first word that is not an option begins the program, as with strace.
  app.prefix_command(command.program != Program::none);
  const CommandAction action = command.define(app);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend() - 1));
  } catch (const CLI::CallForHelp&) {
    std::fputs(help_of(command, style_for(STDOUT_FILENO).columns).c_str(), stdout);
    return exit_good;
  } catch (const CLI::Success&) { // an option that does all there is to do
    return exit_good;
  } catch (const CLI::ParseError& error) {
    throw UserError({}, fmt::format("{}: {}", command.name, error.what()),
                    fmt::format("harness {} --help lists its options", command.name));
  }
  return action({.program = program_of(command, app)});
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) {
    std::fputs(list_of_commands().c_str(), stderr);
    return exit_usage;
  }
  const std::string& name = words.front();
  if (name == "--help" || name == "-h" || name == "help") {
    const Command* about = words.size() > 1 ? find_command(words[1]) : nullptr;
    if (about != nullptr) {
      return run_command(*about, {about->name, "--help"});
    }
    std::fputs(list_of_commands().c_str(), stdout);
    return exit_good;
  }
  if (name == "--version" || name == "-V") {
    fmt::print("harness {}\n", version);
    return exit_good;
  }
  if (const Command* command = find_command(name)) {
    return run_command(*command, words);
  }
  std::vector<std::string> known;
  for (const Command* command : visible_commands()) {
    known.emplace_back(command->name);
  }
  const std::string remedy = did_you_mean(name, known);
  throw UserError({}, fmt::format("unknown command {}", quote_if_needed(name)),
                  remedy.empty() ? "harness --help lists the commands" : remedy);
}

} // namespace

int run(int argc, char** argv) {
  try {
    return dispatch(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const UserError& error) {
    // A location comes first, so that editors find it; without one, the name of the program does.
    fmt::print(stderr, "{}{}\n", error.where().text().empty() ? "harness: " : "", error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    remark("failed", error.what());
    return exit_internal;
  }
}

} // namespace harness::cli
