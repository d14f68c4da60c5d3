// `harness trace`: one run of one command, its calls counted per phase, its streams and its exit
// status left alone.
#include "reports/trace.hpp"
#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/style.hpp"
#include "harness/cli/trace_into.hpp"
#include "harness/cli/trace_run.hpp"
#include "tracer/check_trigger.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <unistd.h>

namespace harness::cli {

namespace {

struct TraceArguments {
  std::vector<std::string> phases;
  std::string mode = "count";
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
      phases.front().name = "launch"; // the user's word wins
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

void set_observed(const TraceArguments& options, RunSpec& spec) {
  spec.mode = options.mode == "discover" ? Mode::discover : Mode::count;
  spec.observe.all_errno = options.errors && spec.mode == Mode::count;
  spec.observe.sites = options.json;
}

RunSpec spec_of(const TraceArguments& options, const std::string& executable,
                const std::vector<std::string>& program, const std::optional<TraceInto>& into) {
  RunSpec spec = spec_of_command(executable, program);
  if (into) {
    spec.phases = into->phases();
    spec.phases_of = into->executable();
  } else {
    spec.phases = phases_of(options);
    check_phases(spec.phases, executable);
  }
  set_observed(options, spec);
  spec.observe.sites = options.json || into;
  return spec;
}

std::string rendered(const TraceArguments& options, const RunSpec& spec, const RunResult& result,
                     const reports::Style& style) {
  const auto names = reports::phase_names(spec.phases);
  if (options.json) {
    return reports::trace_json(result, names);
  }
  return options.tree ? reports::trace_tree(result, names, style)
                      : reports::trace_table(result, names, style);
}

bool show(const TraceArguments& options, const RunSpec& spec, const RunResult& result,
          const Fd& output) {
  const int fd = output ? output.get() : STDERR_FILENO;
  const auto written = write_all(fd, rendered(options, spec, result, style_for(fd)));
  if (!written) {
    remark("trace", written.error().message);
  }
  return written.ok();
}

/// Opened before the run: a mistake in its name shows at once.
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
                    "the campaign's own phases are used");
  }
  if (options.into.empty() && !options.only.empty()) {
    throw UserError({}, "trace: --only is for --into", "write --into CAMPAIGN.campaign");
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

int run_attach(const TraceArguments& options) {
  const Fd output = open_output(options.output);
  RunSpec spec = spec_of_command("", {});
  set_observed(options, spec);
  spec.phases = phases_of(options);
  remark("trace", fmt::format("following process {}; Ctrl-C lets it go", options.attach));
  const RunResult result = trace_running(options.attach, spec);
  if (!was_launched("trace", result.end)) {
    return exit_tracer_failed;
  }
  return show(options, spec, result, output) ? exit_status_of(result.end) : exit_tracer_failed;
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

int run_trace(const TraceArguments& options, const Invocation& invocation) {
  check_options(options, invocation);
  if (options.attach != 0) {
    return run_attach(options);
  }
  const Fd output = open_output(options.output);
  const auto& program = invocation.program;
  const auto executable = path_of_program("trace", program.front());
  if (!executable) {
    return exit_not_found;
  }
  std::optional<TraceInto> into;
  if (!options.into.empty()) {
    into.emplace(options.into, options.only);
  }
  const RunSpec spec = spec_of(options, *executable, program, into);
  const RunResult result = trace_once(spec);
  if (was_launched("trace", result.end) &&
      (!show(options, spec, result, output) || (into && !report_merge(*into, result, program)))) {
    return exit_tracer_failed;
  }
  return exit_status_of(result.end);
}

Action define_trace(CLI::App& app) {
  auto options = std::make_shared<TraceArguments>();
  app.add_option("--phase", options->phases,
                 "begin a phase at [NAME=]TRIGGER; may be given several times, in order")
      ->take_all()
      ->expected(1);
  app.add_option("--mode", options->mode, "count every call, or discover: known ones run free")
      ->check(CLI::IsMember({"count", "discover"}));
  app.add_flag("--tree", options->tree, "a table for each process and thread");
  app.add_flag("--json", options->json, "JSON, with the code location of each first call");
  app.add_flag("!--no-errors", options->errors, "do not look at results; half the stops");
  app.add_option("-o,--output", options->output, "write the table to this file, not to stderr");
  app.add_option("--attach", options->attach, "follow this running process until Ctrl-C")
      ->check(CLI::PositiveNumber);
  app.add_option("--into", options->into, "merge what is seen into this campaign directory");
  app.add_option("--only", options->only,
                 "with --into: calls of this program alone; default: the campaign's target");
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
        "\nThe target's own streams and exit status are passed on (128 + signal; 126 or 127\n"
        "if it can't be run, 125 if harness fails, 64 for a mistake in these options).\n",
    .define = define_trace,
    .program = Program::optional,
};

} // namespace harness::cli
