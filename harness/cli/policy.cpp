// `harness policy`: writes the policy of a campaign, or a policy file of harness, in a given
// format.
// SPDX-License-Identifier: Apache-2.0
#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "harness/campaign/campaign_policy.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/common_options.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/output.hpp"
#include "policy/format.hpp"
#include "policy/policy_json.hpp"
#include "policy/risk.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace harness::cli {

namespace {

struct PolicyOptions {
  std::string source;
  std::string format = "json";
  std::string phase;
  std::string deny_with = "enosys";
  std::string output;
  bool risk = false;
  bool list = false;
  bool no_vdso = false;
  bool arguments = false;
  std::size_t argument_limit = 16;
  campaign::CampaignPolicyOptions campaign;
};

std::string list_of_formats() {
  std::string text;
  for (const auto& format : policy::formats()) {
    text += fmt::format("{:<13} {}\n{:<13} {}\n", format.name, format.summary, "", format.use);
  }
  return text;
}

harness::Action action_of(const std::string& word) {
  return word == "eperm"  ? harness::Action::eperm
         : word == "kill" ? harness::Action::kill_process
         : word == "log"  ? harness::Action::log
                          : harness::Action::enosys;
}

/// A policy file is used unchanged: what it allows was decided when it was made.
Policy policy_of_file(const PolicyOptions& options, const CLI::App& app) {
  for (const char* name :
       {"--tier", "--deny-with", "--allow", "--deny", "--executable", "--no-vdso", "--arguments"}) {
    if (app.count(name) > 0) {
      throw UserError({},
                      fmt::format("policy: {} applies to campaigns, but {} is a policy file", name,
                                  options.source),
                      "name the campaign's directory instead");
    }
  }
  const auto text = read_file(options.source);
  if (!text) {
    throw UserError({}, text.error().message, "");
  }
  auto policy = policy::read_policy_json(*text);
  if (!policy) {
    throw UserError({options.source, 0, 0}, policy.error().message, "");
  }
  return *std::move(policy);
}

Policy policy_of_campaign(const PolicyOptions& options) {
  auto wanted = options.campaign;
  wanted.rules.default_action = action_of(options.deny_with);
  wanted.rules.vdso = !options.no_vdso;
  if (options.arguments) {
    wanted.argument_values = options.argument_limit;
  }
  auto made = campaign::policy_of_campaign(options.source, wanted);
  for (const auto& note : made.notes) {
    remark("policy", note);
  }
  return std::move(made.policy);
}

std::size_t phase_of(const PolicyOptions& options, const Policy& policy) {
  std::string names;
  for (std::size_t i = 0; i < policy.phases.size(); ++i) {
    if (policy.phases[i].name == options.phase || (options.phase.empty() && i == 0)) {
      return i;
    }
    names += (names.empty() ? "" : ", ") + policy.phases[i].name;
  }
  throw UserError({}, fmt::format("policy: unknown phase {}", options.phase),
                  "write one of " + names);
}

int run_policy(const PolicyOptions& options, const CLI::App& app) {
  if (options.list) {
    write_output(options.output, list_of_formats());
    return exit_good;
  }
  if (options.source.empty()) {
    throw UserError({}, "policy: no campaign given", "write harness policy CAMPAIGN --format oci");
  }
  const auto format = policy::find_format(options.format);
  if (!format) {
    throw UserError({}, format.error().message, "harness policy --list shows all formats");
  }
  const bool file = options.source.ends_with(".json");
  const auto policy = file ? policy_of_file(options, app) : policy_of_campaign(options);
  const auto phase = phase_of(options, policy);
  if (options.risk) {
    write_output(options.output, policy::risk_text(policy, phase));
    return exit_good;
  }
  if (options.format == "bpf" && options.output.empty() && ::isatty(STDOUT_FILENO) == 1) {
    throw UserError({}, "policy: refusing to write a binary filter to a terminal",
                    "write --output FILE");
  }
  const auto written = policy::write_policy(**format, policy, phase);
  if (!written) {
    throw UserError({}, written.error().message, "");
  }
  for (const auto& warning : written->warnings) {
    remark("policy", warning);
  }
  write_output(options.output, written->text);
  return exit_good;
}

CommandAction define_policy(CLI::App& app) {
  auto options = std::make_shared<PolicyOptions>();
  auto& rules = options->campaign.rules;
  app.add_option("CAMPAIGN", options->source, "Campaign directory, or policy file (.json)");
  app.add_option("--format", options->format, "Format, see --list (default: json)");
  app.add_option("--phase", options->phase,
                 "Phase, for formats that hold one (default: the first)");
  add_tier(app, rules.tier);
  app.add_option("--deny-with", options->deny_with,
                 "Action for calls that are not allowed (default: enosys)")
      ->check(CLI::IsMember({"enosys", "eperm", "kill", "log"}));
  app.add_option("--allow", rules.allow, "Also allow this call, up to PHASE if given")
      ->take_all()
      ->expected(1);
  app.add_option("--deny", rules.deny, "Refuse this call with EPERM in every phase")
      ->take_all()
      ->expected(1);
  app.add_option("--executable", rules.executable,
                 "Allow only calls of this program (default: all programs)");
  app.add_flag("--no-vdso", options->no_vdso,
               "Do not allow the calls that the vDSO usually answers (clock_gettime, ...)");
  app.add_flag("--arguments", options->arguments,
               "Allow only the observed values of decisive arguments");
  app.add_option("--argument-limit", options->argument_limit,
                 "Allow a call with more than N values for any value (default: 16)");
  add_accept_unconverged(app, options->campaign.accept_unconverged);
  app.add_flag("--risk", options->risk, "Print a risk summary instead of the policy");
  app.add_flag("--list", options->list, "List the formats");
  add_output(app, options->output, "Write to FILE, atomically (default: standard output)");
  return [options, &app](const Invocation&) { return run_policy(*options, app); };
}

} // namespace

extern const Command policy_command;
const Command policy_command = {
    .name = "policy",
    .summary = "Write the seccomp policy of a campaign, with proof, in one of eleven formats",
    .examples = "  harness policy redis.campaign --format docker -o redis.json\n"
                "  harness policy redis.campaign --format systemd --tier family\n"
                "  harness policy redis.campaign --risk\n"
                "  harness policy --list\n",
    .define = define_policy,
    .group = Group::policy,
};

} // namespace harness::cli
