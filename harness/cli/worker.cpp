// `harness worker` (hidden): one worker of a campaign. The coordinator starts it in a sandbox and
// talks with it over its standard input and output.
#include "harness/engine/worker.hpp"

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/plan/plan.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <sys/prctl.h>
#include <unistd.h>

namespace harness::cli {

namespace {

/// Reached from the signal handler.
tracer::StopFlag& stop_flag() {
  static tracer::StopFlag flag;
  return flag;
}

void end_gently() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_flag().request(); };
  ::sigaction(SIGTERM, &action, nullptr);
  // Whoever reads our messages may be gone: that is an error of write, no reason to die at once,
  // for a run in progress must be cleared away. The coordinator's own end ends us in the same way.
  std::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int run_worker() {
  (void)stop_flag();
  end_gently();
  // Nothing that prints may apply_faults_and_signals the conversation.
  const int output = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  engine::Channel channel(STDIN_FILENO, output);
  auto first = channel.receive();
  if (!first || !*first || !std::holds_alternative<engine::Setup>(**first)) {
    throw std::runtime_error("a worker is started by a campaign, not by hand");
  }
  const auto& setup = std::get<engine::Setup>(**first);
  try {
    engine::Worker worker(plan::parse_plan(setup.plan, "plan.yaml"), setup, channel, stop_flag());
    worker.work();
  } catch (const std::exception& error) {
    (void)channel.send(engine::Broken{error.what()});
    throw;
  }
}

Action define_worker(CLI::App&) {
  return [](const Invocation&) { return run_worker(); };
}

} // namespace

extern const Command worker_command;
const Command worker_command = {
    .name = "worker",
    .summary = "One worker of a campaign",
    .examples = "  Started by harness explore.\n",
    .define = define_worker,
    .hidden = true,
};

} // namespace harness::cli
