#include "harness/cli/words.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace harness::cli {

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
    const bool takes_value = !words.names.empty() && option->get_items_expected_max() > 0;
    words.value = takes_value ? option->get_type_name() : "";
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
