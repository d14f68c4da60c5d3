// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/common_options.hpp"

#include "core/base/fd.hpp"
#include "core/base/text.hpp"
#include "core/base/user_error.hpp"

#include <array>
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace harness::cli {

namespace {

constexpr std::array tiers = {policy::Tier::observed, policy::Tier::family, policy::Tier::faults};

std::vector<std::string> tier_names() {
  std::vector<std::string> names;
  for (const auto tier : tiers) {
    names.emplace_back(policy::to_string(tier));
  }
  return names;
}

policy::Tier tier_named(const std::string& name) {
  for (const auto tier : tiers) {
    if (name == policy::to_string(tier)) {
      return tier;
    }
  }
  throw std::logic_error("a tier that the option's check accepts and no table holds: " + name);
}

Shard shard_of(const std::string& text) {
  const auto shard = parse_shard(text);
  if (!shard) {
    throw UserError({}, "--shard " + quote_if_needed(text) + ": not one of several shards",
                    "write --shard 2/4 for the second of four");
  }
  return *shard;
}

} // namespace

void add_campaign(CLI::App& app, std::string& directory) {
  app.add_option("CAMPAIGN", directory, "Campaign directory")->required();
}

void add_isolation(CLI::App& app, bool& isolation) {
  app.add_flag("!--no-isolation", isolation, "Run targets without a sandbox (dangerous)");
}

void add_workers(CLI::App& app, std::optional<std::uint32_t>& workers) {
  app.add_option("--workers", workers, "Run N worker processes (default: one for each processor)");
}

void add_shard(CLI::App& app, std::optional<Shard>& shard, const std::string& help) {
  app.add_option_function<std::string>(
      "--shard", [&shard](const std::string& text) { shard = shard_of(text); }, help);
}

void add_resume(CLI::App& app, bool& resume) {
  app.add_flag("--resume", resume, "Continue the campaign that the directory holds");
}

void add_tier(CLI::App& app, policy::Tier& tier) {
  app.add_option_function<std::string>(
         "--tier", [&tier](const std::string& name) { tier = tier_named(name); },
         "Allow observed calls; family: also calls that a libc may use instead; faults: also calls "
         "seen only under faults (default: observed)")
      ->check(CLI::IsMember(tier_names()));
}

void add_accept_unconverged(CLI::App& app, bool& accept) {
  app.add_flag("--accept-unconverged", accept, "Accept a campaign that has not converged");
}

void add_json(CLI::App& app, bool& json) {
  app.add_flag("--json", json, "Write one JSON object");
}

void add_output(CLI::App& app, std::string& file, const std::string& help) {
  app.add_option("-o,--output", file, help);
}

void write_output(const std::string& file, std::string_view text) {
  if (file.empty()) {
    if (const auto written = write_all(STDOUT_FILENO, text); !written) {
      throw std::runtime_error(written.error().message);
    }
  } else if (const auto written = replace_file(file, text); !written) {
    throw UserError({}, fmt::format("--output: {}", written.error().message),
                    "name a file that can be written");
  }
}

} // namespace harness::cli
