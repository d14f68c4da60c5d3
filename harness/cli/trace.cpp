// `harness trace`: counts the calls of one run of a command per phase. The streams and the exit
// status of the command are passed through.
// SPDX-License-Identifier: Apache-2.0
#include "reports/trace.hpp"
#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "core/model/observer_choice.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/style.hpp"
#include "harness/cli/trace_into.hpp"
#include "harness/cli/trace_run.hpp"
#include "tracer/check_trigger.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <optional>
#include <unistd.h>

namespace harness::cli {

namespace {

struct TraceArguments {
  std::vector<std::string> phases;
  std::string mode = "count";
  ObserverChoice observer = ObserverChoice::automatic;
  bool tree = false;
  bool json = false;
  bool errors = true;
  std::string output;
  std::string into;
  std::string only;
  pid_t attach = 0; // 0: launch
};

std::vector<Phase> phases_of(const TraceArguments& options) {
  std::vector<Phase> phases;
  for (const auto& text : options.phases) {
    auto phase = parse_phase(text);
    if (!phase) {
      throw UserError({}, "--phase " + phase.error().message, "");
    }
    if (phases.empty()) {
      phases.push_back({"startup", LaunchTrigger{}});
    }
    if (phase->name == "startup" && !std::holds_alternative<LaunchTrigger>(phase->trigger)) {
      phases.front().name = "launch"; // the name that the user gave wins
    }
    if (std::holds_alternative<LaunchTrigger>(phase->trigger)) {
      phases.front().name = phase->name;
    } else {
      phases.push_back(std::move(*phase));
    }
  }
  return phases;
}

void check_phases(const std::vector<Phase>& phases, const std::string& executable) {
  for (const auto& phase : phases) {
    if (const auto checked = tracer::check_trigger(phase.trigger, executable); !checked) {
      throw UserError({}, "--phase " + phase.name + ": " + checked.error().message, "");
    }
  }
}

TraceOptions observed(const TraceArguments& arguments) {
  TraceOptions options;
  options.mode = arguments.mode == "discover" ? Mode::discover : Mode::count;
  options.observe.all_errno = arguments.errors && options.mode == Mode::count;
  options.observe.sites = arguments.json || !arguments.into.empty();
  return options;
}

TraceOptions options_of(const TraceArguments& arguments, const std::string& executable,
                        const std::optional<TraceInto>& into) {
  TraceOptions options = observed(arguments);
  if (into) {
    options.phases = into->phases();
    options.phases_of = into->executable();
  } else {
    options.phases = phases_of(arguments);
    check_phases(options.phases, executable);
  }
  return options;
}

std::string rendered(const TraceArguments& arguments, const TraceOptions& options,
                     const RunResult& result, const reports::Style& style) {
  const auto names = reports::phase_names(options.phases);
  if (arguments.json) {
    return reports::trace_json(result, names);
  }
  return arguments.tree ? reports::trace_tree(result, names, style)
                        : reports::trace_table(result, names, style);
}

bool show(const TraceArguments& arguments, const TraceOptions& options, const RunResult& result,
          const Fd& output) {
  const int fd = output ? output.get() : STDERR_FILENO;
  const auto written = write_all(fd, rendered(arguments, options, result, style_for(fd)));
  if (!written) {
    remark("trace", written.error().message);
  }
  return written.ok();
}

/// Opened before the run, so that a wrong name is reported at once.
Fd open_output(const std::string& path) {
  if (path.empty()) {
    return {};
  }
  auto file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) {
    throw UserError({}, fmt::format("--output: {}", file.error().message),
                    "name a file that can be written");
  }
  return std::move(*file);
}

void check_options(const TraceArguments& options, const Invocation& invocation) {
  if (!options.into.empty() && !options.phases.empty()) {
    throw UserError({}, "trace: --phase and --into exclude each other",
                    "with --into, the phases of the campaign are used");
  }
  if (options.into.empty() && !options.only.empty()) {
    throw UserError({}, "trace: --only requires --into", "write --into CAMPAIGN");
  }
  if (options.attach != 0 && (!invocation.program.empty() || !options.into.empty())) {
    throw UserError({}, "trace: --attach takes neither a program nor --into",
                    "write harness trace --attach PID");
  }
  if (options.attach == 0 && invocation.program.empty()) {
    throw UserError({}, "trace: no program given",
                    "write harness trace [OPTION]... -- PROGRAM ARG...");
  }
}

int run_attach(const TraceArguments& arguments) {
  const Fd output = open_output(arguments.output);
  TraceOptions options = observed(arguments);
  options.phases = phases_of(arguments);
  remark("trace", fmt::format("tracing process {}; Ctrl-C detaches", arguments.attach));
  const RunResult result = trace_running(arguments.attach, options);
  if (!was_launched("trace", result.end)) {
    return exit_tracer_failed;
  }
  return show(arguments, options, result, output) ? exit_status_of(result.end) : exit_tracer_failed;
}

bool report_merge(TraceInto& into, const RunResult& result,
                  const std::vector<std::string>& program) {
  const auto merged = into.merge(result, program);
  if (!merged) {
    remark("trace", merged.error().message);
    return false;
  }
  for (const auto& line : *merged) {
    print_error_line(line);
  }
  return true;
}

int run_trace(const TraceArguments& arguments, const Invocation& invocation) {
  check_options(arguments, invocation);
  if (arguments.attach != 0) {
    return run_attach(arguments);
  }
  const Fd output = open_output(arguments.output);
  const auto& program = invocation.program;
  const auto executable = path_of_program("trace", program.front());
  if (!executable) {
    return exit_not_found;
  }
  std::optional<TraceInto> into;
  if (!arguments.into.empty()) {
    into.emplace(arguments.into, arguments.only);
  }
  const TraceOptions options = options_of(arguments, *executable, into);
  const RunResult result =
      trace_once(spec_of_command(*executable, program), options, arguments.observer);
  if (was_launched("trace", result.end) && (!show(arguments, options, result, output) ||
                                            (into && !report_merge(*into, result, program)))) {
    return exit_tracer_failed;
  }
  return exit_status_of(result.end);
}

void add_observer_option(CLI::App& app, ObserverChoice& choice) {
  static const std::map<std::string, ObserverChoice> words = {{"auto", ObserverChoice::automatic},
                                                              {"ptrace", ObserverChoice::ptrace},
                                                              {"kernel", ObserverChoice::kernel}};
  app.add_option("--observer", choice,
                 "Observe calls by ptrace, in the kernel, or auto (default: auto)")
      ->transform(CLI::CheckedTransformer(words).description("auto, ptrace or kernel"));
}

CommandAction define_trace(CLI::App& app) {
  auto options = std::make_shared<TraceArguments>();
  app.add_option("--phase", options->phases,
                 "Begin a phase at [NAME=]TRIGGER; may be repeated, in order")
      ->take_all()
      ->expected(1);
  app.add_option(
         "--mode", options->mode,
         "Count every call, or only discover new ones and do not stop known ones (default: count)")
      ->check(CLI::IsMember({"count", "discover"}));
  add_observer_option(app, options->observer);
  app.add_flag("--tree", options->tree, "Write a table for each process and thread");
  app.add_flag("--json", options->json, "Write JSON, with the code location of each first call");
  app.add_flag("!--no-errors", options->errors,
               "Do not record errors of calls, which halves the stops");
  add_output(app, options->output, "Write the table to FILE (default: standard error)");
  app.add_option("--attach", options->attach, "Trace this running process until Ctrl-C")
      ->check(CLI::PositiveNumber);
  app.add_option("--into", options->into, "Merge the observed calls into this campaign directory");
  app.add_option("--only", options->only,
                 "With --into: merge only calls of this program (default: the target)");
  return [options](const Invocation& invocation) { return run_trace(*options, invocation); };
}

} // namespace

extern const Command trace_command;
const Command trace_command = {
    .name = "trace",
    .summary = "Count the system calls of one run of a command, per phase",
    .examples =
        "  harness trace -- ls -l\n"
        "  harness trace --phase main=symbol:main -- python3 -c 'print(1)'\n"
        "  harness trace --phase serving=symbol:aeMain --tree -- redis-server --port 7777\n"
        "  harness trace --json --output trace.json -- make check\n"
        "\nTriggers: symbol:NAME[+OFFSET]  offset:0xN  call:NAME[#N][@exit]  signal:NAME\n"
        "          output:TEXT  time:DURATION  spawn:fork|thread|exec[=FILE]  auto[:POINT]\n"
        "\nThe streams and the exit status of the target are passed through (128 + signal; 126\n"
        "or 127 if it cannot be run, 125 if harness fails, 64 for an error in the options).\n",
    .define = define_trace,
    .group = Group::explore,
    .program = Program::optional,
};

} // namespace harness::cli
