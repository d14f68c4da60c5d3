// `harness manual`: prints manual pages for man(7), made from the commands' definitions.
// SPDX-License-Identifier: Apache-2.0
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
    "4 (not converged by the plan's stopping rule), 8 (crashes), 16 (time\\-outs) and 32\n"
    "(incomplete runs), the last three beyond what the plan's gates allow; 130 interrupted, with\n"
    "everything saved.\n"
    "trace and enforce return the target's own status, 128 + signal if a signal ended it, 125 if\n"
    "harness failed.\n"
    "Every command: 64 for an error in its arguments or the plan, 70 for an internal failure.\n";

std::string overview() {
  std::string text =
      head("harness", "find the system calls of a program, in each phase of its life");
  text +=
      ".SH SYNOPSIS\n.B harness\nCOMMAND [OPTION]...\n.SH DESCRIPTION\n"
      "Repeatedly runs a program with mutated arguments, input, files and environment under a\n"
      "tracer until a statistical test finds the sets of system calls complete, writes reports,\n"
      "and derives seccomp policies from the sets.\n.SH COMMANDS\n";
  for (const Command* command : visible_commands()) {
    text +=
        fmt::format(".TP\n.BR harness\\-{} (1)\n{}\n", roff(command->name), roff(command->summary));
  }
  return text + std::string(exit_section) +
         ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf set and not empty, disables color.\n.TP\n"
         ".B CLICOLOR_FORCE\nIf set and not 0, enables color even if the output is not a "
         "terminal.\n";
}

std::string page(const Command& command) {
  std::string text = head(fmt::format("harness-{}", command.name), command.summary);
  text += fmt::format(".SH SYNOPSIS\n.nf\n{}\n.fi\n.SH OPTIONS\n", roff(synopsis_of(command)));
  for (const auto& entry : option_help(command)) {
    const std::string name =
        entry.operand.empty() ? fmt::format("{}", fmt::join(entry.names, ", ")) : entry.operand;
    text += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(name),
                        entry.value.empty() ? "" : " \\fI" + roff(entry.value) + "\\fR",
                        roff(entry.description));
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
  throw UserError({}, "manual: unknown command " + name, "harness --help lists the commands");
}

CommandAction define_manual(CLI::App& app) {
  const auto name = std::make_shared<std::string>();
  app.add_option("COMMAND", *name, "Command to describe (default: an overview of all)");
  return [name](const Invocation&) { return run_manual(*name); };
}

} // namespace

extern const Command manual_command;
const Command manual_command = {
    .name = "manual",
    .summary = "Print the manual page of a command",
    .examples = "  harness manual explore | man -l -\n"
                "  harness manual > /usr/local/share/man/man1/harness.1\n",
    .define = define_manual,
    .group = Group::setup,
};

} // namespace harness::cli
