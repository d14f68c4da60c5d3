// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/diff.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace harness::analysis {

namespace {

/// A (phase, call) pair in one campaign, joined over executables.
struct Side {
  std::set<std::string> executables;
  const PairRecord* reproducer = nullptr; // a steady one before a flaky one, then the earliest
};

std::pair<bool, std::uint64_t> order(const PairRecord& record) {
  return {record.stability.flaky(), record.first.run};
}

std::map<PhaseCall, Side> sides_of(const Profile& profile, bool with_faulted) {
  std::map<PhaseCall, Side> sides;
  for (const auto& [key, record] : profile.pairs) {
    if (record.only_faulted && !with_faulted) {
      continue;
    }
    Side& side = sides[key.phase_call()];
    side.executables.insert(key.executable);
    if (side.reproducer == nullptr || order(record) < order(*side.reproducer)) {
      side.reproducer = &record;
    }
  }
  return sides;
}

DiffEntry entry_of(const PhaseCall& pair, const Side* a, const Side* b,
                   const DiffOptions& options) {
  const Side& side = a != nullptr ? *a : *b;
  const PairRecord& reproducer = *side.reproducer;
  DiffEntry entry{.phase = pair.phase,
                  .call = pair.call,
                  .executables = side.executables,
                  .reproducer_side = a != nullptr ? options.first : options.second,
                  .reproducer = reproducer.first.input,
                  .stability = reproducer.stability};
  if (a != nullptr && b != nullptr) {
    entry.executables.insert(b->executables.begin(), b->executables.end());
  } else if (reproducer.stability.flaky()) {
    entry.change = Change::flaky;
  } else {
    entry.change = a != nullptr ? Change::lost : Change::gained;
  }
  return entry;
}

/// Phases in the order of the first profile, then those that only the second has.
std::vector<std::string> phase_order(const Profile& first, const Profile& second) {
  std::vector<std::string> order = first.phases;
  for (const auto& phase : second.phases) {
    if (std::find(order.begin(), order.end(), phase) == order.end()) {
      order.push_back(phase);
    }
  }
  return order;
}

} // namespace

std::size_t Diff::count(Change change) const {
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(),
                    [&](const DiffEntry& entry) { return entry.change == change; }));
}

Diff diff(const Profile& first, const Profile& second, const DiffOptions& options) {
  const auto a = sides_of(first, options.with_faulted);
  const auto b = sides_of(second, options.with_faulted);
  const auto side = [](const auto& sides, const PhaseCall& pair) {
    const auto found = sides.find(pair);
    return found == sides.end() ? nullptr : &found->second;
  };
  std::set<PhaseCall> all;
  for (const auto* sides : {&a, &b}) {
    for (const auto& [pair, known] : *sides) {
      all.insert(pair);
    }
  }
  Diff result;
  for (const auto& pair : all) {
    result.entries.push_back(entry_of(pair, side(a, pair), side(b, pair), options));
  }
  const auto order = phase_order(first, second);
  const auto position = [&](const DiffEntry& entry) {
    return std::find(order.begin(), order.end(), entry.phase) - order.begin();
  };
  std::stable_sort(
      result.entries.begin(), result.entries.end(),
      [&](const DiffEntry& x, const DiffEntry& y) { return position(x) < position(y); });
  return result;
}

int diff_status(const Diff& diff) {
  return (diff.count(Change::gained) > 0 ? 2 : 0) + (diff.count(Change::lost) > 0 ? 4 : 0);
}

std::string_view to_string(Change change) {
  switch (change) {
  case Change::gained:
    return "gained";
  case Change::lost:
    return "lost";
  case Change::flaky:
    return "flaky";
  case Change::same:
    return "same";
  }
  return "";
}

} // namespace harness::analysis
