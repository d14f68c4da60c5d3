// `harness worker` (internal): one worker of a campaign. The coordinator starts it in a sandbox and
// exchanges messages with it over its standard input and output.
// SPDX-License-Identifier: Apache-2.0
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

/// Static, because the signal handler uses it.
tracer::StopFlag& stop_flag() {
  static tracer::StopFlag flag;
  return flag;
}

/// Makes SIGTERM end the worker in an orderly way.
void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_flag().request(); };
  ::sigaction(SIGTERM, &action, nullptr);
  // If the coordinator is gone, write fails with an error instead of SIGPIPE, so that a run in
  // progress is still cleaned up. The end of the coordinator stops the worker in the same way.
  std::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int run_worker() {
  (void)stop_flag();
  install_signal_handlers();
  // Output of libraries must not get into the messages, so that standard output becomes stderr.
  const int output = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  engine::Channel channel(STDIN_FILENO, output);
  auto first = channel.receive();
  if (!first || !*first || !std::holds_alternative<engine::Setup>(**first)) {
    throw std::runtime_error("harness worker is started by campaigns; run harness explore");
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

CommandAction define_worker(CLI::App&) {
  return [](const Invocation&) { return run_worker(); };
}

} // namespace

extern const Command worker_command;
const Command worker_command = {
    .name = "worker",
    .summary = "Run one worker of a campaign",
    .examples = "  Started by harness explore.\n",
    .define = define_worker,
    .group = Group::internal,
};

} // namespace harness::cli
