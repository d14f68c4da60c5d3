// `harness manual`: manual pages in the language of man(7), made from the commands' definitions.
#include "core/base/user_error.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/option_table.hpp"
#include "harness/cli/version.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

namespace harness::cli {

namespace {

/// Text for troff: no line begins a request, backslashes and dashes stand for themselves.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) {
      out += "\\&";
    }
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string head(std::string_view name, std::string_view summary) {
  std::string upper(name);
  for (char& c : upper) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return fmt::format(".TH {} 1 \"\" \"harness {}\"\n.SH NAME\n{} \\- {}\n", upper, version,
                     roff(name), roff(summary));
}

constexpr std::string_view exit_section =
    ".SH EXIT STATUS\n"
    "Of explore and verify: 0 good, else the sum of 2 (calls outside the baseline, or a "
    "violation),\n"
    "4 (not converged by the plan's stop rule), 8 (crashes), 16 (time\\-outs) and 32 (runs not "
    "seen\n"
    "whole), the last three beyond what the plan's gates allow; 130 interrupted, everything "
    "saved.\n"
    "trace and enforce return the target's own status, 128 + signal where one ended it, 125 where\n"
    "harness failed.\n"
    "Every command: 64 for a mistake in its arguments or the plan, 70 for a failure of its own.\n";

std::string overview() {
  std::string text =
      head("harness", "which system calls a program makes, in which phase of its life");
  text +=
      ".SH SYNOPSIS\n.B harness\nCOMMAND [OPTION]...\n.SH DESCRIPTION\n"
      "Runs a program again and again with mutated arguments, input, files and environment under\n"
      "a tracer, until the sets of system calls stop changing and a statistical test says so; "
      "then\n"
      "reports, and derives seccomp policies.\n.SH COMMANDS\n";
  for (const Command* command : visible_commands()) {
    text +=
        fmt::format(".TP\n.BR harness\\-{} (1)\n{}\n", roff(command->name), roff(command->summary));
  }
  return text + std::string(exit_section) +
         ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nSet and not empty: no color.\n.TP\n"
         ".B CLICOLOR_FORCE\nSet and not 0: color even where no terminal is.\n";
}

std::string page(const Command& command) {
  std::string text = head(fmt::format("harness-{}", command.name), command.summary);
  text += fmt::format(".SH SYNOPSIS\n.nf\n{}\n.fi\n.SH OPTIONS\n", roff(synopsis_of(command)));
  for (const auto& words : words_of(command)) {
    const std::string name =
        words.operand.empty() ? fmt::format("{}", fmt::join(words.names, ", ")) : words.operand;
    text += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(name),
                        words.value.empty() ? "" : " \\fI" + roff(words.value) + "\\fR",
                        roff(words.description));
  }
  return text + fmt::format(".SH EXAMPLES\n.nf\n{}.fi\n", roff(command.examples)) +
         std::string(exit_section) + ".SH SEE ALSO\n.BR harness (1)\n";
}

int run_manual(const std::string& name) {
  if (name.empty()) {
    std::fputs(overview().c_str(), stdout);
    return exit_good;
  }
  for (const Command* command : visible_commands()) {
    if (name == command->name) {
      std::fputs(page(*command).c_str(), stdout);
      return exit_good;
    }
  }
  throw UserError({}, "manual: there is no command " + name, "harness --help lists them");
}

Action define_manual(CLI::App& app) {
  const auto name = std::make_shared<std::string>();
  app.add_option("COMMAND", *name, "The command that the page is about [all of them]");
  return [name](const Invocation&) { return run_manual(*name); };
}

} // namespace

extern const Command manual_command;
const Command manual_command = {
    .name = "manual",
    .summary = "The manual page of a command, for man",
    .examples = "  harness manual explore | man -l -\n"
                "  harness manual > /usr/local/share/man/man1/harness.1\n",
    .define = define_manual,
};

} // namespace harness::cli
