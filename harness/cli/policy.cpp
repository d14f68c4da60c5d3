// `harness policy`: a campaign's policy, or a policy file of ours, in the format that is asked for.
#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "harness/campaign/campaign_policy.hpp"
#include "harness/cli/commands.hpp"
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
  std::string tier = "observed";
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

policy::Tier tier_of(const std::string& word) {
  return word == "family"   ? policy::Tier::family
         : word == "faults" ? policy::Tier::faults
                            : policy::Tier::observed;
}

harness::Action action_of(const std::string& word) {
  return word == "eperm"  ? harness::Action::eperm
         : word == "kill" ? harness::Action::kill_process
         : word == "log"  ? harness::Action::log
                          : harness::Action::enosys;
}

/// A policy file is taken as it is: what it allows was decided when it was made.
Policy policy_of_file(const PolicyOptions& options, const CLI::App& app) {
  for (const char* name :
       {"--tier", "--deny-with", "--allow", "--deny", "--executable", "--no-vdso", "--arguments"}) {
    if (app.count(name) > 0) {
      throw UserError(
          {},
          fmt::format("policy: {} is for campaigns; {} is a policy already", name, options.source),
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
  wanted.rules.tier = tier_of(options.tier);
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
  throw UserError({}, fmt::format("policy: there is no phase {}", options.phase),
                  "write one of " + names);
}

void put(const PolicyOptions& options, const std::string& text) {
  const auto written =
      options.output.empty() ? write_all(STDOUT_FILENO, text) : replace_file(options.output, text);
  if (!written) {
    throw UserError({}, fmt::format("policy: {}", written.error().message),
                    "name an --output that can be written");
  }
}

int run_policy(const PolicyOptions& options, const CLI::App& app) {
  if (options.list) {
    put(options, list_of_formats());
    return exit_good;
  }
  if (options.source.empty()) {
    throw UserError({}, "policy: no campaign given", "write harness policy CAMPAIGN --format oci");
  }
  const auto format = policy::find_format(options.format);
  if (!format) {
    throw UserError({}, format.error().message, "harness policy --list shows them all");
  }
  const bool file = options.source.ends_with(".json");
  const auto policy = file ? policy_of_file(options, app) : policy_of_campaign(options);
  const auto phase = phase_of(options, policy);
  if (options.risk) {
    put(options, policy::risk_text(policy, phase));
    return exit_good;
  }
  if (options.format == "bpf" && options.output.empty() && ::isatty(STDOUT_FILENO) == 1) {
    throw UserError({}, "policy: a raw filter is nothing for a terminal", "write --output FILE");
  }
  const auto written = policy::write_policy(**format, policy, phase);
  if (!written) {
    throw UserError({}, written.error().message, "");
  }
  for (const auto& warning : written->warnings) {
    remark("policy", warning);
  }
  put(options, written->text);
  return exit_good;
}

Action define_policy(CLI::App& app) {
  auto options = std::make_shared<PolicyOptions>();
  auto& rules = options->campaign.rules;
  app.add_option("source", options->source, "a campaign directory, or a policy file (.json)")
      ->option_text("CAMPAIGN");
  app.add_option("--format", options->format, "see --list; json unless given");
  app.add_option("--phase", options->phase, "for formats of one phase; the first unless given");
  app.add_option("--tier", options->tier,
                 "observed; family: also what a libc may use instead; faults: also what was seen "
                 "only when calls failed")
      ->check(CLI::IsMember({"observed", "family", "faults"}));
  app.add_option("--deny-with", options->deny_with, "what calls that are not listed get")
      ->check(CLI::IsMember({"enosys", "eperm", "kill", "log"}));
  app.add_option("--allow", rules.allow, "NAME[@PHASE]: allow it too, up to that phase")
      ->take_all()
      ->expected(1);
  app.add_option("--deny", rules.deny, "NAME: refuse it with EPERM in every phase")
      ->take_all()
      ->expected(1);
  app.add_option("--executable", rules.executable, "only what this executable called");
  app.add_flag("--no-vdso", options->no_vdso, "do not allow the calls that the vDSO answers");
  app.add_flag("--arguments", options->arguments,
               "allow socket, ioctl, fcntl, prctl, clone, mmap, mprotect and personality only "
               "with the arguments that were seen");
  app.add_option("--argument-limit", options->argument_limit,
                 "more values than this: allowed whole (16)");
  app.add_flag("--accept-unconverged", options->campaign.accept_unconverged,
               "make a policy although the campaign has not stopped finding calls");
  app.add_flag("--risk", options->risk, "not the policy, but what it blocks and what it leaves");
  app.add_flag("--list", options->list, "list the formats");
  app.add_option("-o,--output", options->output, "write to this file, as a whole or not at all");
  return [options, &app](const Invocation&) { return run_policy(*options, app); };
}

} // namespace

extern const Command policy_command;
const Command policy_command = {
    .name = "policy",
    .summary = "Write a campaign's seccomp policy, proved, in one of eleven formats",
    .examples = "  harness policy redis.campaign --format docker -o redis.json\n"
                "  harness policy redis.campaign --format systemd --tier family\n"
                "  harness policy redis.campaign --risk\n"
                "  harness policy --list\n",
    .define = define_policy,
};

} // namespace harness::cli
