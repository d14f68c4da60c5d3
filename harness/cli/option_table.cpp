// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/option_table.hpp"

#include <algorithm>
#include <cctype>
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <string_view>

namespace harness::cli {

namespace {

/// What an option takes, for a person: the same word for the same thing in every command.
constexpr std::pair<std::string_view, std::string_view> value_names[] = {
    {"--allow", "NAME[@PHASE]"},
    {"--at", "POINT"},
    {"--attach", "PID"},
    {"--baseline", "REPORT"},
    {"--ci", "MODE"},
    {"--command", "COMMAND"},
    {"--deny", "NAME"},
    {"--executable", "PROGRAM"},
    {"--for", "DURATION"},
    {"--format", "FORMAT"},
    {"--from", "INPUT"},
    {"--inputs", "DIR"},
    {"--into", "CAMPAIGN"},
    {"--name", "NAME"},
    {"--only", "PROGRAM"},
    {"--out", "DIR"},
    {"--output", "FILE"},
    {"--patched", "PROGRAM"},
    {"--phase", "PHASE"},
    {"--policy", "FILE"},
    {"--observer", "OBSERVER"},
    {"--progress", "FORM"},
    {"--report", "FILE"},
    {"--shard", "I/N"},
};

/// "observed|family|faults" where only certain words will do.
std::string value_name(const std::string& option, const std::string& type) {
  const auto open = type.find('{');
  const auto close = type.rfind('}');
  if (open != std::string::npos && close != std::string::npos && close > open) {
    std::string choices = type.substr(open + 1, close - open - 1);
    std::replace(choices.begin(), choices.end(), ',', '|');
    return choices;
  }
  for (const auto& [name, value] : value_names) {
    if (name == option) {
      return std::string(value);
    }
  }
  return type.starts_with("UINT") || type.starts_with("INT") ? "N"
         : type.starts_with("FLOAT")                         ? "SHARE"
                                                             : "VALUE";
}

} // namespace

std::vector<OptionHelp> option_help(const Command& command) {
  CLI::App app(command.summary);
  const CommandAction unused = command.define(app);
  std::vector<OptionHelp> all;
  for (const CLI::Option* option : app.get_options()) {
    OptionHelp entry;
    for (const auto& name : option->get_snames()) {
      entry.names.push_back("-" + name);
    }
    for (const auto& name : option->get_lnames()) {
      entry.names.push_back("--" + name);
    }
    entry.operand = entry.names.empty() ? option->get_name(true) : "";
    std::transform(entry.operand.begin(), entry.operand.end(), entry.operand.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const bool takes_value = !entry.names.empty() && option->get_items_expected_max() > 0;
    entry.value = takes_value ? value_name(entry.names.back(), option->get_type_name()) : "";
    entry.description = option->get_description();
    entry.required = option->get_required();
    entry.repeated = entry.names.empty() && option->get_items_expected_max() > 1;
    all.push_back(std::move(entry));
  }
  return all;
}

std::vector<const Command*> visible_commands() {
  std::vector<const Command*> visible;
  for (const Command* command : commands()) {
    if (command->group != Group::internal) {
      visible.push_back(command);
    }
  }
  return visible;
}

std::string synopsis_of(const Command& command) {
  std::string text = fmt::format("harness {} [OPTION]...", command.name);
  for (const auto& entry : option_help(command)) {
    if (!entry.operand.empty()) {
      const std::string name = entry.operand + (entry.repeated ? "..." : "");
      text += entry.required ? " " + name : " [" + name + "]";
    }
  }
  switch (command.program) {
  case Program::none:
    break;
  case Program::optional:
    text += " [-- PROGRAM [ARG]...]";
    break;
  case Program::required:
    text += " [--] PROGRAM [ARG]...";
    break;
  }
  return text;
}

} // namespace harness::cli
