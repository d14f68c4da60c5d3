// View: what every renderer needs of a CampaignSummary, computed once: pairs joined over
// executables into one row for each call and phase, the union, the gates, and the verdict as a
// sentence. Pure; independent of formats.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"
#include "core/model/syscall_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness::reports {

/// A call in a phase, whichever executables made it.
struct CallRow {
  SyscallId call;
  std::string name;      // kernel name: "open"
  std::string qualified; // "i386:open"
  Category category = Category::other;
  Risk risk = Risk::low;
  std::string_view risk_reason;
  std::optional<std::uint64_t> calls; // null: known in `discover`, ran free
  /// Runs that showed it. With several executables the largest of their counts: a lower bound.
  std::uint64_t runs = 0;
  /// These three are of one executable, the best reproducer: without faults, else steady, else
  /// first.
  FirstSighting first;
  std::string smallest_input; // hash, or that of the first input
  Stability stability;
  bool fault_only = false;
  bool gained = false; // outside the baseline
  std::vector<std::string> executables;
  std::vector<std::string> threads;
  std::vector<std::pair<std::string, std::uint64_t>> arguments; // "O_RDONLY", times; most first
  std::vector<std::pair<std::string, std::uint64_t>> errnos;    // "ENOENT", times; most first
};

struct PhaseView {
  std::string name;
  std::string trigger; // trigger_text, "" if the plan lacks the phase
  std::uint64_t runs = 0;
  std::vector<CallRow> rows;  // by qualified name
  std::size_t calls_seen = 0; // rows without fault_only ones
  std::size_t only_here = 0;  // of these, those that no other phase has
};

/// One condition of the exit status. Its bit is as in the manual: 2, 4, 8, 16, 32.
struct Gate {
  std::string_view name; // "baseline", "convergence", "crashes", "time-outs", "incomplete"
  int bit = 0;
  bool passed = true;
  bool applies = true; // false: the plan sets no condition; passed is true
  std::string text;    // "3 crashes, at most 0 allowed"
};

struct View {
  explicit View(const CampaignSummary& summary);

  const CampaignSummary& summary;
  std::vector<PhaseView> phases;
  std::vector<std::string> union_names; // sorted, without fault-only calls
  std::vector<std::string> fault_only;  // sorted, of no phase without a fault
  std::vector<Gate> gates;
  std::vector<const BaselineChange*> gained;
  std::vector<const BaselineChange*> lost;
  std::size_t flaky_pairs = 0;
  /// Whose bound holds: of the last complete attempt of each replicate, the one that proved least.
  const AttemptSummary* bounding = nullptr;
  double runs_per_s = 0;

  /// "Converged: …", "Not converged: …", before it "Failed: …" of the gates: what a reader must
  /// know if he reads one sentence only.
  std::string verdict() const;
  bool passed() const; // every gate
};

/// The command that repeats an input: "harness replay redis.campaign 9f31…".
std::string replay_command(const CampaignSummary& summary, std::string_view input);
/// The same without the input: "harness replay redis.campaign ".
std::string replay_prefix(const CampaignSummary& summary);

/// "18,231 runs in 6.9m (44.2 per second), 140 inputs saved".
std::string run_facts(const View& view);

/// "at least 57.2 pairs (55.1 to 66.9); ..." or "not estimable: ...", for information only.
std::string estimates_text(const CampaignSummary& summary);

/// "0.99 %" with two significant digits; near 100 % rounded down to three decimals.
std::string percent(double share);

} // namespace harness::reports
