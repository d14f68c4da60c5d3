// Options that several commands take, each declared once: its name, its help text and its meaning
// are therefore the same in every command.
//
//   CommandAction define_shrink(CLI::App& app) {
//     const auto options = std::make_shared<ShrinkOptions>();
//     add_campaign(app, options->directory);
//     add_isolation(app, options->isolation);
//     add_output(app, options->output);
//     return [options](const Invocation&) { return run_shrink(*options); };
//   }
//
// Every function keeps a reference to the variable and sets it while the command line is parsed.
// Setting a variable is all that it does: files are opened, written and removed by the action.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/shard.hpp"
#include "policy/make_policy.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace harness::cli {

/// The operand CAMPAIGN, a campaign directory.
void add_campaign(CLI::App& app, std::string& directory);

/// --no-isolation: `isolation` becomes false. Its default must be true.
void add_isolation(CLI::App& app, bool& isolation);

/// --workers N; nothing: one for each processor.
void add_workers(CLI::App& app, std::optional<std::uint32_t>& workers);

/// --shard I/N. Parsing throws UserError for a text that is not a shard.
void add_shard(CLI::App& app, std::optional<Shard>& shard, const std::string& help);

/// --resume.
void add_resume(CLI::App& app, bool& resume);

/// --tier TIER, one of the words that policy::to_string(Tier) returns.
void add_tier(CLI::App& app, policy::Tier& tier);

/// --accept-unconverged.
void add_accept_unconverged(CLI::App& app, bool& accept);

/// --json: one JSON object instead of text.
void add_json(CLI::App& app, bool& json);

/// -o, --output FILE; empty: standard output.
void add_output(CLI::App& app, std::string& file,
                const std::string& help = "Write to FILE instead of standard output");

/// Writes what a command was asked for to `file`, which is replaced atomically, or to standard
/// output where `file` is empty. Throws UserError for a file that cannot be written, and
/// std::runtime_error for standard output.
void write_output(const std::string& file, std::string_view text);

} // namespace harness::cli
