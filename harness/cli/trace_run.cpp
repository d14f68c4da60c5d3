// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/trace_run.hpp"

#include "core/base/user_error.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "sandbox/find_program.hpp"
#include "tracer/kernel_observer.hpp"
#include "tracer/kernel_run.hpp"
#include "tracer/tracer.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <memory>

extern char** environ;

namespace harness::cli {

namespace {

/// A year: as good as none, and safe to add to a point in time.
constexpr Duration no_limit = std::chrono::hours(24 * 365);

tracer::StopFlag& stop_flag() {
  static tracer::StopFlag flag;
  return flag;
}

volatile std::sig_atomic_t terminal_interrupts = 0;
/// The target receives a terminal's Ctrl-C as well, so that the first one is left to it. A process
/// that was attached to is not in this process group, so that the first one detaches.
volatile std::sig_atomic_t terminal_interrupts_allowed = 1;

/// The kernel sends a terminal's signals to the whole foreground group, the target included.
void on_signal(int, siginfo_t* info, void*) {
  const bool from_terminal = info->si_code == SI_KERNEL;
  if (from_terminal) {
    terminal_interrupts = terminal_interrupts + 1;
  }
  if (!from_terminal || terminal_interrupts > terminal_interrupts_allowed) {
    stop_flag().request();
  }
}

/// Installs the handlers for the lifetime of the object.
class SignalScope {
public:
  SignalScope() {
    struct sigaction action {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < std::size(signals); ++i) {
      ::sigaction(signals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler != SIG_IGN) { // nohup keeps its meaning
        ::sigaction(signals[i], &action, nullptr);
      }
    }
  }
  ~SignalScope() {
    for (std::size_t i = 0; i < std::size(signals); ++i) {
      ::sigaction(signals[i], &before_[i], nullptr);
    }
  }
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;

private:
  static constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  struct sigaction before_[std::size(signals)]{};
};

/// The observer in the kernel for one run, where it is wanted and can be.
class InKernel {
public:
  InKernel(const RunSpec& spec, const TraceOptions& options, ObserverChoice choice) {
    if (choice == ObserverChoice::ptrace) {
      return;
    }
    const bool insists = choice == ObserverChoice::kernel;
    if (const std::string reason = tracer::needs_stops(spec, options); !reason.empty()) {
      if (insists) {
        throw UserError({}, "trace: --observer kernel: " + reason + ", which needs stops",
                        "write --observer auto or ptrace");
      }
      return;
    }
    if (const auto problem = tracer::kernel_observer_problem()) {
      refuse(insists, problem->reason, problem->remedy);
      return;
    }
    auto loaded = tracer::KernelObserver::load({.workers = 1, .errors = watches_errors(options)});
    if (!loaded) {
      refuse(insists, loaded.error().message, "see harness doctor");
      return;
    }
    observer_ = std::move(*loaded);
    auto mapped = tracer::KernelMemory::map(observer_->share(0));
    if (!mapped) {
      refuse(insists, mapped.error().message, "see harness doctor");
      return;
    }
    memory_ = std::move(*mapped);
  }
  tracer::KernelMemory* memory() const { return memory_.get(); }

private:
  static bool watches_errors(const TraceOptions& options) {
    return options.observe.all_errno || !options.observe.errno_of.empty();
  }
  static void refuse(bool insists, const std::string& reason, const std::string& remedy) {
    if (insists) {
      throw UserError({}, "trace: --observer kernel: " + reason, remedy);
    }
    remark("trace", fmt::format("every call stops the target: {}; to count in the kernel: {} "
                                "(--observer ptrace omits this line)",
                                reason, remedy));
  }

  std::unique_ptr<tracer::KernelObserver> observer_;
  std::unique_ptr<tracer::KernelMemory> memory_;
};

template <typename... Handlers> struct Overloaded : Handlers... { using Handlers::operator()...; };
template <typename... Handlers> Overloaded(Handlers...) -> Overloaded<Handlers...>; // for clang 14

} // namespace

std::optional<std::string> path_of_program(std::string_view command, const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return std::filesystem::absolute(name).string(); // the launch reports a missing file
  }
  auto path = sandbox::find_program(name);
  if (!path) {
    remark(command, name + ": not found in PATH");
  }
  return path;
}

RunSpec spec_of_command(const std::string& executable, const std::vector<std::string>& program) {
  RunSpec spec;
  spec.executable = executable;
  spec.arguments = program;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    spec.environment.emplace_back(*entry);
  }
  spec.streams = {.input = 0, .output = 1, .error = 2};
  spec.limits = {.wall = no_limit,
                 .output_bytes = std::numeric_limits<std::uint64_t>::max(),
                 .memory_bytes = std::numeric_limits<std::uint64_t>::max(),
                 .disk_bytes = std::numeric_limits<std::uint64_t>::max(),
                 .processes = std::numeric_limits<std::uint32_t>::max()};
  return spec;
}

RunResult trace_once(const RunSpec& spec, const TraceOptions& options, ObserverChoice observer) {
  const InKernel kernel(spec, options, observer);
  const SignalScope scope;
  return tracer::run(spec, options, stop_flag(), nullptr, kernel.memory());
}

RunResult trace_running(pid_t id, const TraceOptions& options) {
  terminal_interrupts_allowed = 0;
  const SignalScope scope;
  return tracer::attach(id, no_limit, options, stop_flag());
}

bool was_launched(std::string_view command, const RunEnd& end) {
  const auto* failed = std::get_if<LaunchFailed>(&end);
  if (failed != nullptr) {
    remark(command, failed->error.message);
  }
  return failed == nullptr;
}

int exit_status_of(const RunEnd& end) {
  return std::visit(Overloaded{
                        [](const Exited& exited) { return exited.status; },
                        [](const Signaled& signaled) { return 128 + signaled.signal; },
                        [](const LaunchFailed& failed) {
                          return failed.error.code == ENOENT || failed.error.code == ENOTDIR ? 127
                                                                                             : 126;
                        },
                        [](const Interrupted&) { return exit_interrupted; },
                        [](const Detached&) { return exit_good; },
                        [](const LimitReached&) { return exit_tracer_failed; },
                        [](const Stopped&) { return exit_tracer_failed; },
                        [](const TracerFailed&) { return exit_tracer_failed; },
                    },
                    end);
}

} // namespace harness::cli
