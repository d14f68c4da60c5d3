// SPDX-License-Identifier: Apache-2.0
#include "reports/trace_rows.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace harness::reports {

namespace {

std::string file_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

void add(TraceRow& row, const Sighting& sighting, std::span<const std::string> executables) {
  if (row.name.empty()) {
    row.call = sighting.call;
    row.name = qualified_name(sighting.call);
    row.category = note_of(syscall_name(sighting.call)).category;
    row.calls = 0;
    row.only_faulted = true;
    row.backtrace = sighting.backtrace;
  }
  // One executable's calls that ran free make the whole number unknown.
  row.calls =
      row.calls && sighting.calls ? std::optional(*row.calls + *sighting.calls) : std::nullopt;
  row.only_faulted = row.only_faulted && sighting.only_faulted;
  if (sighting.executable < executables.size()) {
    row.executables.push_back(file_name(executables[sighting.executable]));
  }
}

bool before(const TraceRow& a, const TraceRow& b) {
  if (a.calls.has_value() != b.calls.has_value()) {
    return a.calls.has_value();
  }
  const auto calls_a = a.calls.value_or(0);
  const auto calls_b = b.calls.value_or(0);
  return calls_a != calls_b ? calls_a > calls_b : a.name < b.name;
}

} // namespace

std::map<PhaseIndex, std::vector<TraceRow>> trace_rows(std::span<const Sighting> sightings,
                                                       std::span<const ErrnoSeen> errnos,
                                                       std::span<const std::string> executables) {
  std::map<PhaseIndex, std::map<SyscallId, TraceRow>> joined;
  for (const auto& sighting : sightings) {
    add(joined[sighting.phase][sighting.call], sighting, executables);
  }
  for (const auto& seen : errnos) {
    const auto phase = joined.find(seen.phase);
    if (phase == joined.end() || !phase->second.contains(seen.call)) {
      continue;
    }
    auto& row = phase->second[seen.call];
    row.errors += seen.times;
    row.errnos[errno_name(seen.code)] += seen.times;
  }
  std::map<PhaseIndex, std::vector<TraceRow>> rows;
  for (auto& [phase, calls] : joined) {
    auto& list = rows[phase];
    for (auto& [call, row] : calls) {
      std::sort(row.executables.begin(), row.executables.end());
      row.executables.erase(std::unique(row.executables.begin(), row.executables.end()),
                            row.executables.end());
      list.push_back(std::move(row));
    }
    std::sort(list.begin(), list.end(), before);
  }
  return rows;
}

std::string phase_name(std::span<const std::string> phases, PhaseIndex phase) {
  return phase < phases.size() ? phases[phase] : fmt::format("phase {}", phase);
}

std::string errno_name(int code) {
  const char* name = strerrorname_np(code);
  return name != nullptr ? name : fmt::format("errno {}", code);
}

} // namespace harness::reports
