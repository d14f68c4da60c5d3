// SPDX-License-Identifier: Apache-2.0
#include "harness/campaign/baseline.hpp"

#include "core/base/fd.hpp"
#include "core/base/user_error.hpp"
#include "core/model/syscall_table.hpp"
#include "harness/store/campaign_recorder.hpp"

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace harness::campaign {

namespace {

constexpr const char* remedy = "name a campaign directory, or the report.json of one";

/// A call by its name; `syscall_468` where this table is older than the report's.
std::optional<SyscallId> call_named(const std::string& name) {
  if (const auto known = find_syscall(name)) {
    return known;
  }
  constexpr std::string_view prefix = "syscall_";
  SyscallId id;
  if (name.starts_with(prefix)) {
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + prefix.size(), end, id.number);
    if (parsed.ptr == end && parsed.ec == std::errc{}) {
      return id;
    }
  }
  return std::nullopt;
}

Baseline from_report(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    throw UserError({.file = path}, "cannot read the baseline: " + text.error().message, remedy);
  }
  const auto report = nlohmann::json::parse(*text, nullptr, false);
  if (!report.is_object() || !report.contains("phases") || !report["phases"].is_array()) {
    throw UserError({.file = path}, "this is not a report of a campaign", remedy);
  }
  Baseline baseline{.from = path, .phases = {}};
  for (const auto& phase : report["phases"]) {
    if (!phase.is_object() || !phase.contains("name") || !phase.contains("syscalls")) {
      throw UserError({.file = path}, "a phase has no name or no syscalls", remedy);
    }
    SyscallSet& calls = baseline.phases[phase["name"].get<std::string>()];
    for (const auto& call : phase["syscalls"]) {
      const std::string arch = call.value("arch", "x86_64");
      const std::string name = call.value("name", "");
      const auto id = call_named(arch == "x86_64" ? name : arch + ":" + name);
      if (!id) {
        throw UserError({.file = path}, "unknown system call " + name, remedy);
      }
      calls.insert(*id);
    }
  }
  return baseline;
}

Baseline from_directory(const std::string& path) {
  auto directory = store::WorkDir::open(path);
  if (!directory) {
    throw UserError({}, directory.error().message, remedy);
  }
  auto state = store::CampaignRecorder::read(*directory);
  if (!state) {
    throw UserError({.file = path}, state.error().message, remedy);
  }
  Baseline baseline{.from = path, .phases = {}};
  for (const auto& phase : state->profile.phases) {
    baseline.phases[phase] = state->profile.calls_of(phase, true);
  }
  return baseline;
}

} // namespace

Baseline load_baseline(const std::string& path) {
  return std::filesystem::is_directory(path) ? from_directory(path) : from_report(path);
}

std::vector<BaselineChange> compare(const Baseline& baseline, const Profile& profile) {
  std::vector<BaselineChange> changes;
  for (const auto& [key, record] : profile.pairs) {
    const auto phase = baseline.phases.find(key.phase);
    const bool expected = phase != baseline.phases.end() && phase->second.contains(key.call);
    if (!expected && !record.only_faulted) {
      changes.push_back({.pair = key, .gained = true, .input = record.first.input});
    }
  }
  for (const auto& [phase, calls] : baseline.phases) {
    for (const SyscallId call : calls - profile.calls_of(phase, true)) {
      changes.push_back({.pair = {phase, call, ""}, .gained = false, .input = ""});
    }
  }
  return changes;
}

} // namespace harness::campaign
