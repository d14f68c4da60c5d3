// `harness doctor`: reports what this machine supports and how to fix the rest.
// SPDX-License-Identifier: Apache-2.0
#include "sandbox/doctor.hpp"

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/style.hpp"
#include "tracer/kernel_observer.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace harness::cli {

namespace {

struct Mark {
  const char* word;
  reports::Role role;
};

Mark mark_of(sandbox::Finding::State state) {
  switch (state) {
  case sandbox::Finding::State::good:
    return {"ok", reports::Role::good};
  case sandbox::Finding::State::limited:
    return {"limited", reports::Role::warning};
  case sandbox::Finding::State::bad:
    return {"BAD", reports::Role::bad};
  }
  return {"", reports::Role::plain};
}

/// Loads the in-kernel observer, which alone shows whether the kernel takes it.
sandbox::Finding observer() {
  using State = sandbox::Finding::State;
  if (const auto problem = tracer::kernel_observer_problem()) {
    return {"observer", State::limited, "ptrace, a stop for each call: " + problem->reason,
            problem->remedy};
  }
  if (const auto loaded = tracer::KernelObserver::load({}); !loaded) {
    return {"observer", State::limited, "ptrace, a stop for each call: " + loaded.error().message,
            "allow bpf(2): a container's seccomp profile or a security module may refuse it"};
  }
  return {"observer", State::good, "calls are counted in the kernel, without stops", ""};
}

int run_doctor() {
  auto findings = sandbox::examine_machine();
  findings.push_back(observer());
  const auto style = style_for(STDOUT_FILENO);
  for (const auto& finding : findings) {
    const Mark mark = mark_of(finding.state);
    fmt::print("{} {:<12} {}\n", style.paint(mark.role, fmt::format("{:<8}", mark.word)),
               finding.name, finding.found);
    if (!finding.remedy.empty()) {
      fmt::print("{:<8} {:<12} fix: {}\n", "", "", finding.remedy);
    }
  }
  const bool bad = std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
    return finding.state == sandbox::Finding::State::bad;
  });
  fmt::print("\n{}\n", bad ? "Campaigns cannot run on this machine until every BAD line is fixed."
                           : "Campaigns can run on this machine.");
  return bad ? 1 : exit_good;
}

CommandAction define_doctor(CLI::App&) {
  return [](const Invocation&) { return run_doctor(); };
}

} // namespace

extern const Command doctor_command;
const Command doctor_command = {
    .name = "doctor",
    .summary = "Check what this machine supports and how to fix the rest",
    .examples = "  harness doctor\n",
    .define = define_doctor,
    .group = Group::setup,
};

} // namespace harness::cli
