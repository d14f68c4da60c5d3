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
    {"--into", "DIR"},
    {"--name", "NAME"},
    {"--only", "PROGRAM"},
    {"--out", "DIR"},
    {"--output", "FILE"},
    {"--patched", "PROGRAM"},
    {"--phase", "PHASE"},
    {"--policy", "FILE"},
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

std::vector<OptionWords> words_of(const Command& command) {
  CLI::App app(command.summary);
  const Action unused = command.define(app);
  std::vector<OptionWords> all;
  for (const CLI::Option* option : app.get_options()) {
    OptionWords words;
    for (const auto& name : option->get_snames()) {
      words.names.push_back("-" + name);
    }
    for (const auto& name : option->get_lnames()) {
      words.names.push_back("--" + name);
    }
    words.operand = words.names.empty() ? option->get_name(true) : "";
    std::transform(words.operand.begin(), words.operand.end(), words.operand.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const bool takes_value = !words.names.empty() && option->get_items_expected_max() > 0;
    words.value = takes_value ? value_name(words.names.back(), option->get_type_name()) : "";
    words.description = option->get_description();
    words.required = option->get_required();
    all.push_back(std::move(words));
  }
  return all;
}

std::vector<const Command*> visible_commands() {
  std::vector<const Command*> visible;
  for (const Command* command : commands()) {
    if (!command->hidden) {
      visible.push_back(command);
    }
  }
  return visible;
}

std::string synopsis_of(const Command& command) {
  std::string text = fmt::format("harness {} [OPTION]...", command.name);
  for (const auto& words : words_of(command)) {
    if (!words.operand.empty()) {
      text += words.required ? " " + words.operand : " [" + words.operand + "]";
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
