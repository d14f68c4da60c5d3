// `harness verify`: enforces the policy of a campaign and reports every refused call. The policy is
// enforced on the inputs of the campaign and on fresh ones, on the target inside any command of the
// user (--command), or by a patched copy of the target itself (--patched).
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/verify.hpp"
#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"
#include "core/bpf/build.hpp"
#include "core/model/input.hpp"
#include "harness/analysis/verify_inputs.hpp"
#include "harness/analysis/verify_patched.hpp"
#include "harness/campaign/campaign_policy.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "harness/cli/step_line.hpp"
#include "harness/cli/verify_command.hpp"
#include "policy/format.hpp"
#include "policy/policy_json.hpp"
#include "policy/prove.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <unistd.h>

namespace harness::cli {

namespace {

struct VerifyOptions {
  std::string campaign;
  std::string policy;
  std::string format = "json";
  policy::Tier tier = policy::Tier::observed;
  std::string command;
  std::string patched;
  std::string output;
  std::string inputs;
  std::uint64_t fresh = 200;
  std::uint64_t seed = 1;
  bool accept_unconverged = false;
  bool isolation = true;
};

Policy policy_of(const VerifyOptions& options) {
  if (!options.policy.empty()) {
    const auto text = read_file(options.policy);
    auto policy = text ? policy::read_policy_json(*text) : Result<Policy>(text.error());
    if (!policy) {
      throw UserError({options.policy, 0, 0}, policy.error().message, "");
    }
    return *std::move(policy);
  }
  campaign::CampaignPolicyOptions wanted;
  wanted.accept_unconverged = options.accept_unconverged;
  wanted.rules.tier = options.tier;
  return campaign::policy_of_campaign(options.campaign, wanted).policy;
}

/// The filters that a consumer of the format builds: the policy is written as text and read back.
std::vector<FilterProgram> filters_of(const VerifyOptions& options, const Policy& policy) {
  const auto fail = [](const Error& error) { throw UserError({}, error.message, ""); };
  const auto format = policy::find_format(options.format);
  if (!format) {
    fail(format.error());
  }
  if ((*format)->all_phases) {
    auto proof = policy::prove(policy);
    if (!proof) {
      fail(proof.error());
    }
    return std::move(proof->filters);
  }
  const auto written = policy::write_policy(**format, policy, 0);
  if (!written) {
    fail(written.error());
  }
  const auto spec = (*format)->read(written->text);
  auto filter = spec ? bpf::build(*spec) : Result<FilterProgram>(spec.error());
  if (!filter) {
    fail(filter.error());
  }
  return {*std::move(filter)};
}

void report(const VerifyOptions& options, const std::vector<std::string>& violations) {
  std::string text;
  for (const auto& line : violations) {
    text += line + "\n";
  }
  write_output(options.output, text);
}

/// Writes the inputs that the lines end with into the directory of --inputs, because fresh inputs
/// are in no corpus, and prints how they are run again.
void keep_inputs(const VerifyOptions& options, const store::CampaignSnapshot& campaign,
                 const std::vector<std::string>& lines) {
  if (lines.empty()) {
    return;
  }
  if (options.inputs.empty()) {
    print_error_line("to replay these inputs, write them into a directory with --inputs DIR");
    return;
  }
  std::set<std::string> wanted;
  for (const auto& line : lines) {
    wanted.insert(line.substr(line.rfind('\t') + 1));
  }
  const std::filesystem::path directory(options.inputs);
  std::error_code problem;
  std::filesystem::create_directories(directory, problem);
  if (problem) {
    throw UserError({options.inputs, 0, 0}, problem.message(), "name a directory for --inputs");
  }
  for (const auto& text : analysis::verify_inputs(campaign, options.fresh, options.seed).texts) {
    if (const auto hash = input_hash(text); wanted.contains(hash)) {
      if (const auto written = replace_file(directory / hash, text); !written) {
        throw std::runtime_error(written.error().message);
      }
    }
  }
  print_error_line(fmt::format("these inputs are in {0}; to replay one: harness replay {1} {0}/{2}",
                               printable(options.inputs), printable(options.campaign),
                               *wanted.begin()));
}

/// Throws if runs failed: without them, the result proves nothing.
void need_all_runs(std::uint64_t failed, const std::string& problem) {
  if (failed > 0) {
    throw std::runtime_error(fmt::format("{} runs failed, the first with: {}", failed, problem));
  }
}

int verify_inputs(const VerifyOptions& options, const Policy& policy) {
  const auto campaign = store::open_campaign(options.campaign);
  analysis::Verified verified;
  {
    StepLine line;
    verified = analysis::verify(campaign, policy,
                                {.filters = filters_of(options, policy),
                                 .fresh_runs = options.fresh,
                                 .seed = options.seed,
                                 .isolation = options.isolation},
                                [&](std::size_t over, std::size_t all) {
                                  line.show(fmt::format("{} of {} runs", over, all));
                                });
  }
  if (verified.interrupted) {
    return exit_interrupted;
  }
  need_all_runs(verified.failed, verified.problem);
  if (verified.summary.corpus_runs + verified.summary.fresh_runs == 0) {
    throw std::runtime_error(
        fmt::format("no input could be launched: {}", verified.launch_problem));
  }
  report(options, verified.violations);
  keep_inputs(options, campaign, verified.violations);
  print_error_line(fmt::format(
      "{}: {} saved inputs and {} fresh inputs ran under the policy ({}): {} refused calls in {} "
      "cases, and {} more only under faults; {} incomplete runs, {} inputs that cannot be "
      "launched",
      policy.campaign, verified.summary.corpus_runs, verified.summary.fresh_runs, options.format,
      verified.violations.size(), verified.summary.violations.size(), verified.under_faults,
      verified.incomplete, verified.not_launched));
  return (verified.violations.empty() ? exit_good : exit_outside_baseline) +
         (policy.converged ? exit_good : exit_not_converged);
}

int verify_program(const VerifyOptions& options) {
  const auto campaign = store::open_campaign(options.campaign);
  analysis::PatchedVerified verified;
  {
    StepLine line;
    verified = analysis::verify_patched(
        campaign, {.program = options.patched, .fresh_runs = options.fresh, .seed = options.seed},
        [&](std::size_t over, std::size_t all) {
          line.show(fmt::format("{} of {} runs", over, all));
        });
  }
  if (verified.interrupted) {
    return exit_interrupted;
  }
  need_all_runs(verified.failed, verified.problem);
  auto lines = verified.refused;
  lines.insert(lines.end(), verified.different.begin(), verified.different.end());
  report(options, lines);
  keep_inputs(options, campaign, lines);
  fmt::print(stderr,
             "{}: {} saved inputs and {} fresh inputs ran in the original and in {}: {} refused "
             "calls, {} differences\n  same output and end: {}; same except for numbers that also "
             "change in the original: {}; same end, with an output that always changes: {}; "
             "a difference in fewer than half of nine runs: {}\n  {} refused calls only under "
             "faults, {} incomplete runs, {} inputs that cannot be launched\n",
             printable(campaign.plan.name), verified.corpus_runs, verified.fresh_runs,
             printable(options.patched), verified.refused.size(), verified.different.size(),
             verified.same, verified.but_for_numbers, verified.changes_by_itself,
             verified.seldom_other, verified.under_faults, verified.incomplete,
             verified.not_launched);
  return (lines.empty() ? exit_good : exit_outside_baseline) +
         (verified.converged ? exit_good : exit_not_converged);
}

void check_options(const CLI::App& app) {
  if (app.count("--command") > 0 && app.count("--inputs") > 0) {
    throw UserError({}, "verify: --command and --inputs exclude each other",
                    "a command of your own does not use inputs of the campaign");
  }
  for (const char* other :
       {"--policy", "--format", "--tier", "--command", "--no-isolation", "--accept-unconverged"}) {
    if (app.count("--patched") > 0 && app.count(other) > 0) {
      throw UserError(
          {}, fmt::format("verify: --patched and {} exclude each other", other),
          "the patched program carries its policy and replaces the target in the sandbox");
    }
  }
}

int run_verify(const VerifyOptions& options) {
  if (!options.patched.empty()) {
    return verify_program(options);
  }
  const auto policy = policy_of(options);
  if (options.command.empty()) {
    return verify_inputs(options, policy);
  }
  const auto outcome = run_under_policy(options.command, policy);
  report(options, outcome.violations);
  print_error_line(
      fmt::format("{}: `{}` ended with status {}; {} was started {} times under the policy: {} "
                  "refused calls",
                  policy.campaign, options.command, outcome.status, policy.executable,
                  outcome.starts, outcome.violations.size()));
  return outcome.violations.empty() ? exit_good : exit_outside_baseline;
}

CommandAction define_verify(CLI::App& app) {
  auto options = std::make_shared<VerifyOptions>();
  add_campaign(app, options->campaign);
  app.add_option("--policy", options->policy,
                 "Enforce this policy file, not the campaign's policy");
  app.add_option("--format", options->format,
                 "Enforce the policy as written in this format (default: json, with all phases)");
  add_tier(app, options->tier);
  app.add_option("--command", options->command,
                 "Run this shell command, with the target under the policy wherever PATH finds it");
  app.add_option(
      "--patched", options->patched,
      "Compare the target with this output of harness patch: output, end, refused calls");
  app.add_option("--fresh", options->fresh, "Also run N fresh inputs (default: 200)");
  app.add_option("--seed", options->seed, "Random seed of the fresh inputs (default: 1)");
  add_output(
      app, options->output,
      "Write the refused calls to FILE: phase, call, times, process, input (default: standard "
      "output)");
  app.add_option("--inputs", options->inputs,
                 "Write the inputs of the refused calls into this directory, named by hash");
  add_accept_unconverged(app, options->accept_unconverged);
  add_isolation(app, options->isolation);
  return [options, &app](const Invocation&) {
    check_options(app);
    return run_verify(*options);
  };
}

} // namespace

extern const Command verify_command;
const Command verify_command = {
    .name = "verify",
    .summary = "Run a campaign's inputs under its policy and report refused calls",
    .examples = "  harness verify redis.campaign\n"
                "  harness verify redis.campaign --format docker --fresh 1000\n"
                "  harness verify redis.campaign --command 'make check'\n"
                "  harness verify redis.campaign --patched ./redis-server\n"
                "Exit status: 0 nothing refused; 2 calls refused; plus 4 if not converged.\n",
    .define = define_verify,
    .group = Group::policy,
};

} // namespace harness::cli
