// `harness completion`: prints a script that completes commands, options and files in a shell.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/user_error.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/option_table.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

namespace harness::cli {

namespace {

std::string command_names() {
  std::vector<std::string> names;
  for (const Command* command : visible_commands()) {
    names.emplace_back(command->name);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

std::string option_list(const Command& command) {
  std::vector<std::string> names;
  for (const auto& entry : option_help(command)) {
    names.insert(names.end(), entry.names.begin(), entry.names.end());
  }
  return fmt::format("{}", fmt::join(names, " "));
}

std::string bash_script() {
  std::string cases;
  for (const Command* command : visible_commands()) {
    cases += fmt::format("    {}) options=\"{}\" ;;\n", command->name, option_list(*command));
  }
  return fmt::format(R"script(# bash completion for harness: source <(harness completion bash)
_harness() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} options= i
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "{} --help --version" -- "$word")
    return
  fi
  for ((i = 2; i < COMP_CWORD; ++i)); do
    if [ "${{COMP_WORDS[i]}}" = -- ]; then
      # The program: its name first, then files.
      if [ "$i" -eq $((COMP_CWORD - 1)) ]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$word")
      fi
      return
    fi
  done
  case ${{COMP_WORDS[1]}} in
{}  esac
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
  esac
}}
complete -o bashdefault -o default -F _harness harness
)script",
                     command_names(), cases);
}

/// In single quotes, for zsh and fish alike. fish interprets a backslash even there, so that
/// backslashes are replaced.
std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? "\xe2\x80\x99" : std::string(1, c == '\\' ? '/' : c);
  }
  return out + "'";
}

/// Text inside a specification of _arguments, where brackets and colons are special.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '[' ? '(' : c == ']' ? ')' : c == ':' ? ',' : c;
  }
  return out;
}

std::string zsh_script() {
  std::string list;
  std::string cases;
  for (const Command* command : visible_commands()) {
    list += fmt::format(
        "    {}\n", single_quoted(fmt::format("{}:{}", command->name, zsh_text(command->summary))));
    cases += fmt::format("    {})\n      _arguments", command->name);
    for (const auto& entry : option_help(*command)) {
      for (const auto& name : entry.names) {
        cases += " \\\n        " +
                 single_quoted(fmt::format("{}[{}]{}", name, zsh_text(entry.description),
                                           entry.value.empty() ? "" : ":value:_files"));
      }
    }
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return fmt::format(R"script(#compdef harness
# zsh completion for harness: harness completion zsh > "${{fpath[1]}}/_harness"
_harness() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  if (( ${{words[(I)--]}} > 0 && ${{words[(I)--]}} < CURRENT )); then
    _normal
    return
  fi
  shift words
  (( CURRENT -= 1 ))
  case $command in
{}  esac
}}
compdef _harness harness
)script",
                     list, cases);
}

std::string fish_script() {
  std::string text = "# fish completion for harness: harness completion fish | source\n";
  for (const Command* command : visible_commands()) {
    text += fmt::format("complete -c harness -n __fish_use_subcommand -f -a {} -d {}\n",
                        command->name, single_quoted(command->summary));
    for (const auto& entry : option_help(*command)) {
      std::string names;
      for (const auto& name : entry.names) {
        names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!names.empty()) {
        text += fmt::format("complete -c harness -n '__fish_seen_subcommand_from {}'{}{} -d {}\n",
                            command->name, names, entry.value.empty() ? "" : " -r",
                            single_quoted(entry.description));
      }
    }
  }
  return text;
}

int run_completion(const std::string& shell) {
  std::string (*script)() = shell == "bash"   ? bash_script
                            : shell == "zsh"  ? zsh_script
                            : shell == "fish" ? fish_script
                                              : nullptr;
  if (script == nullptr) {
    throw UserError({}, "completion: unsupported shell " + shell, "write bash, zsh or fish");
  }
  std::fputs(script().c_str(), stdout);
  return exit_good;
}

CommandAction define_completion(CLI::App& app) {
  const auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "Shell: bash, zsh or fish")->required();
  return [shell](const Invocation&) { return run_completion(*shell); };
}

} // namespace

extern const Command completion_command;
const Command completion_command = {
    .name = "completion",
    .summary = "Print a completion script for bash, zsh or fish",
    .examples = "  harness completion bash > ~/.local/share/bash-completion/completions/harness\n"
                "  harness completion zsh > \"${fpath[1]}/_harness\"\n"
                "  harness completion fish > ~/.config/fish/completions/harness.fish\n",
    .define = define_completion,
    .group = Group::setup,
};

} // namespace harness::cli
