// `harness enforce`: runs a program under a policy of harness, phase by phase, on any kernel with
// seccomp. The tracer installs the filter of each phase as the phase begins and detaches after the
// last one.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/model/digest.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/trace_run.hpp"
#include "policy/policy_json.hpp"
#include "policy/prove.hpp"
#include "tracer/check_trigger.hpp"

#include <algorithm>
#include <cerrno>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/wait.h>
#include <unistd.h>

namespace harness::cli {

namespace {

struct EnforceOptions {
  std::string policy;
  std::string report;
  bool accept_unconverged = false;
};

Policy load(const EnforceOptions& options) {
  const auto text = read_file(options.policy);
  if (!text) {
    throw UserError({}, "enforce: " + text.error().message,
                    "write it with harness policy CAMPAIGN --format json");
  }
  auto policy = policy::read_policy_json(*text);
  if (!policy) {
    throw UserError({options.policy, 0, 0}, policy.error().message, "");
  }
  if (policy->native != AuditArch::x86_64) {
    throw UserError(
        {options.policy, 0, 0},
        fmt::format("the policy is for {}, but this machine is x86_64", arch_name(policy->native)),
        "explore the program on this machine");
  }
  if (!policy->converged && !options.accept_unconverged) {
    throw UserError({options.policy, 0, 0}, "the campaign of this policy has not converged",
                    "continue with harness explore --resume, or write --accept-unconverged");
  }
  return *std::move(policy);
}

/// Called before anything runs: if a phase could never begin, the filter of the phase before would
/// stay forever.
void check_phases(const EnforceOptions& options, const Policy& policy,
                  const std::string& executable) {
  for (const auto& phase : policy.phases) {
    if (auto checked = tracer::check_trigger(phase.trigger, executable); !checked) {
      throw UserError({options.policy, 0, 0},
                      fmt::format("phase {}: {}", phase.name, checked.error().message),
                      "enforce the policy on the program that was explored");
    }
  }
}

/// Throws UserError for a program of another architecture: 32-bit programs use other call numbers.
void check_program(const Policy& policy, const std::string& executable) {
  auto file = open_file(executable, O_RDONLY);
  Elf64_Ehdr header{};
  if (!file || ::pread(file->get(), &header, sizeof header, 0) < 20 ||
      std::string_view(reinterpret_cast<char*>(header.e_ident), SELFMAG) != ELFMAG) {
    return; // a script or a missing file: the launch reports it
  }
  const bool has_i386 = std::ranges::any_of(policy.phases.front().entries, [](const auto& entry) {
    return entry.first.arch == AuditArch::i386;
  });
  if (header.e_machine == EM_386 && !has_i386) {
    throw UserError({},
                    fmt::format("enforce: {} is a 32-bit program, but the policy is for {}",
                                executable, arch_name(policy.native)),
                    "explore this program");
  }
  const auto image = read_file(executable);
  if (image && !policy.target_hash.empty() && sha256_hex(*image) != policy.target_hash) {
    remark("enforce", executable + " is not the file that was explored; calls that only this "
                                   "version makes will be refused");
  }
}

volatile std::sig_atomic_t enforced_process = 0;

void pass_on(int signal) {
  ::kill(static_cast<pid_t>(enforced_process), signal);
}

/// The target continues untraced. This process only waits for its exit status and passes signals
/// on.
int wait_for(pid_t process) {
  enforced_process = process;
  for (const int signal : {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) {
    std::signal(signal, pass_on);
  }
  std::signal(SIGINT, SIG_IGN); // the terminal sends it to the target as well
  std::signal(SIGQUIT, SIG_IGN);
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | __WALL) != 0) {
    if (errno != EINTR) {
      remark("enforce",
             fmt::format("cannot wait for process {}: {}", process, std::strerror(errno)));
      return exit_tracer_failed;
    }
  }
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

std::string violations_text(const RunResult& result, const Policy& policy) {
  std::string text;
  for (const auto& violation : result.violations) {
    const auto& process = result.processes.at(violation.process);
    text += fmt::format("{}\t{}\t{}\t{}\t{}\n", printable(policy.phases.at(violation.phase).name),
                        qualified_name(violation.call, policy.native), violation.times, process.id,
                        printable(process.name));
  }
  return text;
}

int run_enforce(const EnforceOptions& options, const Invocation& invocation) {
  const auto policy = load(options);
  auto proof = policy::prove(policy);
  if (!proof) {
    throw UserError({options.policy, 0, 0}, proof.error().message, "");
  }
  const auto executable = path_of_program("enforce", invocation.program.front());
  if (!executable) {
    return exit_not_found;
  }
  check_program(policy, *executable);
  if (::access(executable->c_str(), R_OK) == 0) { // else the launch reports the problem
    check_phases(options, policy, *executable);
  }
  TraceOptions watch;
  for (const auto& phase : policy.phases) {
    watch.phases.push_back({phase.name, phase.trigger});
  }
  watch.filters = std::move(proof->filters);
  watch.observe.sites = false;
  watch.report_violations = !options.report.empty();
  watch.detach_after_last_phase = options.report.empty();
  const auto result = trace_once(spec_of_command(*executable, invocation.program), watch);
  if (!options.report.empty()) {
    if (auto written = replace_file(options.report, violations_text(result, policy)); !written) {
      remark("enforce", written.error().message);
      return exit_tracer_failed;
    }
  }
  if (!was_launched("enforce", result.end)) {
    return exit_status_of(result.end);
  }
  if (const auto* broken = std::get_if<TracerFailed>(&result.end)) {
    remark("enforce", broken->error.message + "; the program was terminated");
  } else if (std::holds_alternative<Detached>(result.end)) {
    return wait_for(result.processes.front().id);
  }
  return exit_status_of(result.end);
}

CommandAction define_enforce(CLI::App& app) {
  auto options = std::make_shared<EnforceOptions>();
  app.add_option("policy", options->policy, "Policy file (harness policy --format json)")
      ->required()
      ->option_text("POLICY");
  app.add_option("--report", options->report,
                 "Trace until the end and write each refused call to FILE: phase, call, times, "
                 "process, name");
  add_accept_unconverged(app, options->accept_unconverged);
  return [options](const Invocation& invocation) { return run_enforce(*options, invocation); };
}

} // namespace

extern const Command enforce_command;
const Command enforce_command = {
    .name = "enforce",
    .summary = "Run a program under a policy, phase by phase",
    .examples =
        "  harness enforce redis.policy.json -- redis-server --port 7777\n"
        "  harness enforce redis.policy.json --report refused.tsv -- redis-server\n"
        "\nThe filter of each phase is installed in all threads as the phase begins. After the\n"
        "last one, harness detaches and the program runs at full speed. The exit status is\n"
        "that of the program (128 + signal; 125 if harness fails).\n",
    .define = define_enforce,
    .group = Group::policy,
    .program = Program::required,
};

} // namespace harness::cli
