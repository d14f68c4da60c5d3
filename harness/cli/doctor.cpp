// `harness doctor`: what this machine allows, each with the command that mends it.
#include "harness/campaign/doctor.hpp"

#include "harness/cli/commands.hpp"
#include "harness/cli/exit_status.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace harness::cli {

namespace {

const char* word(campaign::Finding::State state) {
  switch (state) {
  case campaign::Finding::State::good:
    return "ok";
  case campaign::Finding::State::limited:
    return "limited";
  case campaign::Finding::State::bad:
    return "BAD";
  }
  return "";
}

int run_doctor() {
  const auto findings = campaign::examine_machine();
  for (const auto& finding : findings) {
    fmt::print("{:<8} {:<12} {}\n", word(finding.state), finding.name, finding.found);
    if (!finding.remedy.empty()) {
      fmt::print("{:<8} {:<12} mend it: {}\n", "", "", finding.remedy);
    }
  }
  const bool bad = std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
    return finding.state == campaign::Finding::State::bad;
  });
  return bad ? 1 : exit_good;
}

Action define(CLI::App&) {
  return [](const Invocation&) { return run_doctor(); };
}

} // namespace

extern const Command doctor_command;
const Command doctor_command = {
    .name = "doctor",
    .summary = "What this machine allows, and the command that mends it",
    .examples = "  harness doctor\n",
    .define = define,
};

} // namespace harness::cli
