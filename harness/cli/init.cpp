// `harness init -- PROGRAM [ARG...]`: runs a program in the sandbox and writes a first plan for it.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/model/input_limits.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/init_look.hpp"
#include "harness/cli/init_plan.hpp"
#include "harness/cli/output.hpp"
#include "harness/plan/plan.hpp"
#include "sandbox/find_program.hpp"
#include "sandbox/sandbox.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace harness::cli {

namespace {

namespace fs = std::filesystem;

struct InitOptions {
  std::string output;
  std::string name;
  bool force = false;
  bool isolation = true;
  bool quiet = false;
};

/// Largest file of the command line that is copied into the plan as text.
constexpr std::size_t max_file_bytes = 32768;

std::string executable_of(const std::string& word) {
  if (word.find('/') == std::string::npos) {
    if (const auto found = sandbox::find_program(word)) {
      return *found;
    }
    throw UserError({}, fmt::format("program {} not found in PATH", quote_if_needed(word)),
                    "install it, or write its path");
  }
  if (!sandbox::is_executable_file(word)) {
    throw UserError({}, fmt::format("{} is not executable", quote_if_needed(word)),
                    "write the path of an executable file");
  }
  return fs::absolute(word).lexically_normal();
}

/// True for a path that every sandbox shows.
bool always_visible(const std::string& path) {
  static constexpr std::string_view places[] = {"/usr", "/etc",  "/opt", "/bin", "/sbin", "/lib",
                                                "/dev", "/proc", "/sys", "/tmp", "/var"};
  return std::any_of(std::begin(places), std::end(places), [&](std::string_view place) {
    return path == place || path.starts_with(std::string(place) + "/");
  });
}

/// Files that words of the command line name: absolute paths become visible in the sandbox,
/// relative ones are copied into the plan.
void carry_files(InitFindings& findings) {
  for (const auto& word : findings.arguments) {
    std::error_code none;
    if (word.starts_with('/')) {
      if (fs::exists(word, none) && !always_visible(word)) {
        findings.extra_paths.push_back(word);
      }
    } else if (check_tree_path(word) && fs::is_regular_file(word, none) &&
               fs::file_size(word, none) <= max_file_bytes) {
      if (auto content = read_file(word, max_file_bytes)) {
        findings.files.push_back({.path = word, .content = std::move(*content)});
      }
    }
  }
}

/// For a program that only its owner can execute, for example below a home directory.
[[noreturn]] void reject_unreachable(const std::string& executable, const std::string& why) {
  std::string remedy = "write the path of a program that every user may execute";
  for (const char* place : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"}) {
    const std::string other = place + fs::path(executable).filename().string();
    if (other != executable && sandbox::is_executable_file(other)) {
      remedy += ", for example " + other;
      break;
    }
  }
  throw UserError({},
                  fmt::format("{} does not start in the sandbox, where it runs as user nobody: {}",
                              quote_if_needed(executable), why),
                  remedy);
}

void require_sandbox(const InitOptions& options) {
  if (!options.isolation) {
    return;
  }
  if (const auto problem = sandbox::sandbox_problem()) {
    throw UserError(
        {}, fmt::format("cannot sandbox the program: {}", problem->reason),
        fmt::format("{}; or write --no-isolation to run it without a sandbox, as your user",
                    problem->remedy));
  }
}

/// Reads the options of the program from its help text and its manual page.
void read_help_texts(InitFindings& findings, const InitOptions& options) {
  std::vector<std::string> sources;
  for (const char* word : {"--help", "-h"}) {
    const auto seen = look(
        {.executable = findings.executable, .arguments = {word}, .isolated = options.isolation});
    if (!seen) {
      continue;
    }
    const auto help = mutators::read_help(seen->output);
    if (!help.options.empty() || !help.commands.empty()) {
      mutators::merge_help(findings.help, help);
      sources.emplace_back(word);
      break;
    }
  }
  const auto man = sandbox::find_program("man");
  if (man) {
    const auto page = look({.executable = *man,
                            .arguments = {"--", fs::path(findings.executable).filename()},
                            .isolated = options.isolation});
    if (page && page->exited) {
      const auto help = mutators::read_help(page->output);
      if (!help.options.empty()) {
        mutators::merge_help(findings.help, {.options = help.options});
        sources.emplace_back("the manual page");
      }
    }
  }
  findings.sources = fmt::format("{}", fmt::join(sources, " and "));
}

void write_new(const std::string& path, const std::string& text, bool force) {
  std::error_code none;
  if (fs::exists(path, none) && !force) {
    throw UserError({}, fmt::format("{} exists", quote_if_needed(path)),
                    "write --force to replace it, or --output FILE");
  }
  if (const auto written = replace_file(path, text); !written) {
    throw UserError({}, written.error().message,
                    "write --output FILE with a file that can be written");
  }
}

/// The last line of a program's output is usually the reason why it failed.
std::string last_line(const std::string& output) {
  const std::string_view text = trim(output);
  const auto end = text.rfind('\n'); // npos + 1 is 0
  return text.empty() ? "nothing" : printable(text.substr(end + 1).substr(0, 200));
}

int run_init(const InitOptions& options, const std::vector<std::string>& program) {
  InitFindings findings;
  findings.executable = executable_of(program.front());
  findings.arguments.assign(program.begin() + 1, program.end());
  findings.name =
      options.name.empty() ? fs::path(findings.executable).filename().string() : options.name;
  const std::string plan = options.output.empty() ? findings.name + ".yaml" : options.output;
  std::error_code none;
  if (fs::exists(plan, none) && !options.force) {
    throw UserError({}, fmt::format("{} exists", quote_if_needed(plan)),
                    "write --force to replace it, or --output FILE");
  }
  require_sandbox(options);
  carry_files(findings);
  const auto plain = look({.executable = findings.executable,
                           .arguments = findings.arguments,
                           .extra_paths = findings.extra_paths,
                           .files = findings.files,
                           .isolated = options.isolation});
  if (!plain) {
    throw std::runtime_error(plain.error().message);
  }
  if (!plain->launched) {
    reject_unreachable(findings.executable, plain->end);
  }
  // A server that listens only on a Unix socket has no port and is therefore treated as a command.
  findings.server = plain->listened && !plain->ports.empty();
  findings.ports = plain->ports;
  findings.seconds = plain->seconds;
  read_help_texts(findings, options);

  const fs::path seeds = fs::path(plan).parent_path() / (findings.name + ".seeds");
  findings.seeds = seeds.filename();
  fs::create_directories(seeds, none);
  for (const auto& [name, text] : init_seeds(findings)) {
    write_new(seeds / name, text, true);
  }
  write_new(plan, init_plan(findings), options.force);
  plan::load_plan(plan); // throws if the generated plan were invalid
  if (!options.quiet) {
    print_line(fmt::format("{}: a {} with {} options{}; the given command line ended with {} and "
                           "made {} different calls",
                           plan, findings.server ? "server" : "command",
                           findings.help.options.size(),
                           findings.sources.empty() ? "" : " from " + findings.sources, plain->end,
                           plain->calls.size()));
    if (plain->exited && plain->end != "exit status 0") {
      print_line(fmt::format("its last line of output: {}", last_line(plain->output)));
    }
    fmt::print("next: harness explore {}\n", quote_if_needed(plan));
  }
  return exit_good;
}

CommandAction define_init(CLI::App& app) {
  auto options = std::make_shared<InitOptions>();
  add_output(app, options->output, "Plan file (default: NAME.yaml)");
  app.add_option("--name", options->name,
                 "Name of the campaign (default: the name of the program)");
  app.add_flag("--force", options->force, "Replace an existing plan");
  add_isolation(app, options->isolation);
  app.add_flag("-q,--quiet", options->quiet, "Print nothing on success");
  return [options](const Invocation& invocation) { return run_init(*options, invocation.program); };
}

} // namespace

extern const Command init_command;
const Command init_command = {
    .name = "init",
    .summary = "Write a first plan for any program",
    .examples = "  harness init -- grep -r root /etc\n  harness init -- memcached -U 0\n",
    .define = define_init,
    .group = Group::setup,
    .program = Program::required,
};

} // namespace harness::cli
