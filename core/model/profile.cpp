// SPDX-License-Identifier: Apache-2.0
#include "core/model/profile.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tuple>

namespace harness {

namespace {

std::uint64_t sum(const RunCounts& counts) {
  std::uint64_t total = 0;
  for (const auto& [writer, count] : counts) {
    total += count;
  }
  return total;
}

void join(RunCounts& into, const RunCounts& other) {
  for (const auto& [writer, count] : other) {
    auto& mine = into[writer];
    mine = std::max(mine, count);
  }
}

/// A total order, so that the join has one result whatever the order of merging.
auto order(const FirstSighting& first) {
  std::string sites;
  for (const auto& location : first.backtrace) {
    sites += fmt::format("{}+{}:{}\n", location.module, location.offset_bytes, location.symbol);
  }
  // A sighting without a backtrace comes after the same one with it: knowing more wins.
  return std::tuple(first.run, first.after_s, first.input, first.reproducer_from,
                    first.backtrace.empty(), std::move(sites));
}

/// More repetitions say more; of equally many the ones that showed less (a flake once is a flake).
auto order(const Stability& stability) {
  return std::pair(stability.tried, stability.tried - stability.shown);
}

void join(PairRecord& into, const PairRecord& other) {
  for (const auto& [writer, count] : other.counts) {
    auto& mine = into.counts[writer];
    mine.calls = std::max(mine.calls, count.calls);
    mine.runs = std::max(mine.runs, count.runs);
  }
  into.first = earlier(into.first, other.first);
  if (order(into.stability) < order(other.stability)) {
    into.stability = other.stability;
  }
  into.only_faulted = into.only_faulted && other.only_faulted;
}

} // namespace

const FirstSighting& earlier(const FirstSighting& a, const FirstSighting& b) {
  return order(b) < order(a) ? b : a;
}

std::uint64_t PairRecord::calls() const {
  std::uint64_t total = 0;
  for (const auto& [writer, count] : counts) {
    total += count.calls;
  }
  return total;
}

std::uint64_t PairRecord::runs() const {
  std::uint64_t total = 0;
  for (const auto& [writer, count] : counts) {
    total += count.runs;
  }
  return total;
}

std::uint64_t Profile::total_runs() const {
  return sum(runs);
}
std::uint64_t Profile::total_incomplete_runs() const {
  return sum(incomplete_runs);
}

std::uint64_t Profile::runs_reaching(const std::string& phase) const {
  const auto found = phase_runs.find(phase);
  return found == phase_runs.end() ? 0 : sum(found->second);
}

SyscallSet Profile::calls_of(const std::string& phase, bool with_faulted) const {
  std::vector<SyscallId> calls;
  for (const auto& [key, record] : pairs) {
    if ((phase.empty() || key.phase == phase) && (with_faulted || !record.only_faulted)) {
      calls.push_back(key.call);
    }
  }
  return SyscallSet(std::move(calls));
}

Result<> Profile::merge(const Profile& other) {
  if (phases.empty()) {
    phases = other.phases;
  } else if (!other.phases.empty() && phases != other.phases) {
    return Error{fmt::format("the phases differ: {} here, {} there", fmt::join(phases, ", "),
                             fmt::join(other.phases, ", "))};
  }
  for (const auto& [key, record] : other.pairs) {
    const auto [place, fresh] = pairs.try_emplace(key, record);
    if (!fresh) {
      join(place->second, record);
    }
  }
  for (const auto& [phase, counts] : other.phase_runs) {
    join(phase_runs[phase], counts);
  }
  join(runs, other.runs);
  join(incomplete_runs, other.incomplete_runs);
  return Done{};
}

} // namespace harness
