// SPDX-License-Identifier: Apache-2.0
#include "reports/view.hpp"

#include "core/base/text.hpp"
#include "reports/escape.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace harness::reports {

namespace {

using Rows = std::map<std::string, CallRow>; // by qualified name

void sort_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

CallRow begin_row(const PairKey& key) {
  CallRow row;
  row.call = key.call;
  row.name = syscall_name(key.call);
  row.qualified = qualified_name(key.call);
  const auto& note = note_of(row.name);
  row.category = note.category;
  row.risk = note.risk;
  row.risk_reason = note.reason;
  row.calls = 0;
  row.fault_only = true;
  return row;
}

/// The share of repetitions that showed the pair; untried ones are not less stable than others.
double steadiness(const Stability& stability) {
  return stability.tried == 0 ? 1.0 : static_cast<double>(stability.shown) / stability.tried;
}

/// Whether `a` is a better reproducer of its call than `b`: without faults, else steadier, else
/// earlier. A call that one executable makes each time is not flaky because another one does not.
bool better_witness(const PairRecord& a, const PairRecord& b) {
  if (a.only_faulted != b.only_faulted) {
    return b.only_faulted;
  }
  const double of_a = steadiness(a.stability);
  const double of_b = steadiness(b.stability);
  return of_a != of_b ? of_a > of_b : &earlier(b.first, a.first) == &a.first;
}

void join(CallRow& row, const PairKey& key, const PairRecord& record) {
  *row.calls += record.calls();
  row.runs = std::max(row.runs, record.runs());
  row.fault_only = row.fault_only && record.only_faulted;
  row.executables.push_back(key.executable);
}

template <typename Entry>
void attach(std::vector<std::pair<std::string, std::uint64_t>>& list, const Entry& entry,
            const std::string& text) {
  list.emplace_back(text, entry.times);
}

void max_first(std::vector<std::pair<std::string, std::uint64_t>>& list) {
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
}

std::map<std::string, Rows> join_pairs(const CampaignSummary& summary) {
  std::map<std::string, Rows> phases;
  std::map<const CallRow*, const PairRecord*> reproducers;
  for (const auto& [key, record] : summary.profile.pairs) {
    auto& rows = phases[key.phase];
    CallRow& row = rows.try_emplace(qualified_name(key.call), begin_row(key)).first->second;
    join(row, key, record);
    const PairRecord*& reproducer = reproducers[&row];
    if (reproducer == nullptr || better_witness(record, *reproducer)) {
      reproducer = &record;
      row.first = record.first;
      row.stability = record.stability;
      const auto smallest = summary.smallest_inputs.find(key);
      row.smallest_input =
          smallest != summary.smallest_inputs.end() ? smallest->second : record.first.input;
    }
    const auto threads = summary.threads.find(key);
    if (threads != summary.threads.end()) {
      row.threads.insert(row.threads.end(), threads->second.begin(), threads->second.end());
    }
  }
  const auto row_of = [&](const std::string& phase, const std::string& call) -> CallRow* {
    const auto rows = phases.find(phase);
    if (rows == phases.end()) {
      return nullptr;
    }
    const auto row = rows->second.find(call);
    return row == rows->second.end() ? nullptr : &row->second;
  };
  for (const auto& entry : summary.arguments) {
    if (CallRow* row = row_of(entry.phase, entry.call)) {
      attach(row->arguments, entry, entry.text);
    }
  }
  for (const auto& entry : summary.errnos) {
    if (CallRow* row = row_of(entry.phase, entry.call)) {
      attach(row->errnos, entry, entry.name);
    }
  }
  for (const auto& change : summary.changes) {
    if (CallRow* row = row_of(change.pair.phase, qualified_name(change.pair.call));
        row != nullptr && change.gained) {
      row->gained = true;
    }
  }
  return phases;
}

PhaseView finish_phase(const CampaignSummary& summary, const std::string& name, Rows&& rows) {
  PhaseView phase;
  phase.name = name;
  phase.runs = summary.profile.runs_reaching(name);
  for (const auto& planned : summary.plan.phases) {
    if (planned.name == name) {
      phase.trigger = trigger_text(planned.trigger);
    }
  }
  for (auto& [qualified, row] : rows) {
    sort_unique(row.executables);
    sort_unique(row.threads);
    max_first(row.arguments);
    max_first(row.errnos);
    phase.calls_seen += row.fault_only ? 0 : 1;
    phase.rows.push_back(std::move(row));
  }
  return phase;
}

/// How many phases have each call without a fault.
std::map<std::string, std::size_t> phases_of_calls(const std::vector<PhaseView>& phases) {
  std::map<std::string, std::size_t> count;
  for (const auto& phase : phases) {
    for (const auto& row : phase.rows) {
      count[row.qualified] += row.fault_only ? 0 : 1;
    }
  }
  return count;
}

Gate counted_gate(Gate gate, std::uint64_t count, const std::optional<std::uint64_t>& limit,
                  std::string_view one, std::string_view many) {
  gate.applies = limit.has_value();
  gate.passed = !limit || count <= *limit;
  gate.text = fmt::format("{} {}, {}", with_commas(count), count == 1 ? one : many,
                          limit ? fmt::format("at most {} allowed", with_commas(*limit))
                                : "any number allowed");
  return gate;
}

std::vector<Gate> gates_of(const CampaignSummary& summary, std::size_t gained) {
  std::vector<Gate> gates;
  Gate baseline{.name = "baseline", .bit = 2, .applies = summary.baseline.has_value()};
  baseline.passed = gained == 0;
  baseline.text = !baseline.applies ? "no baseline given"
                  : gained == 0
                      ? "no call outside the baseline"
                      : fmt::format("{} outside the baseline",
                                    gained == 1 ? "1 call" : with_commas(gained) + " calls");
  gates.push_back(baseline);
  Gate convergence{.name = "convergence", .bit = 4};
  convergence.applies = summary.plan.explore.until != Until::budget;
  convergence.passed = summary.converged || !convergence.applies;
  convergence.text = summary.converged      ? "converged by the plan's stopping rule"
                     : !convergence.applies ? "the plan stops at its budget"
                                            : "not converged by the plan's stopping rule";
  gates.push_back(convergence);
  const auto& allowed = summary.plan.gates;
  gates.push_back(counted_gate({.name = "crashes", .bit = 8}, summary.crashes, allowed.crashes,
                               "crash", "crashes"));
  gates.push_back(counted_gate({.name = "time-outs", .bit = 16}, summary.time_outs,
                               allowed.time_outs, "time-out", "time-outs"));
  gates.push_back(counted_gate({.name = "incomplete", .bit = 32}, summary.incomplete_runs,
                               allowed.incomplete, "incomplete run", "incomplete runs"));
  return gates;
}

const AttemptSummary* bounding_attempt(const std::vector<AttemptSummary>& attempts) {
  std::map<std::uint32_t, const AttemptSummary*> last; // by replicate
  for (const auto& attempt : attempts) {
    if (attempt.complete) {
      last[attempt.replicate] = &attempt;
    }
  }
  const auto least = std::max_element(last.begin(), last.end(), [](const auto& a, const auto& b) {
    return a.second->bound < b.second->bound;
  });
  return least == last.end() ? nullptr : least->second;
}

} // namespace

View::View(const CampaignSummary& of) : summary(of) {
  auto joined = join_pairs(summary);
  std::vector<std::string> order = summary.profile.phases;
  for (const auto& planned : summary.plan.phases) {
    order.push_back(planned.name);
  }
  for (const auto& [name, rows] : joined) {
    order.push_back(name);
  }
  std::set<std::string> done;
  for (const auto& name : order) {
    if (done.insert(name).second) {
      phases.push_back(finish_phase(summary, name, std::move(joined[name])));
    }
  }
  if (summary.plan.explore.mode == Mode::discover && !phases.empty()) {
    for (auto& row : phases.back().rows) {
      row.calls = std::nullopt;
    }
  }
  const auto count = phases_of_calls(phases);
  for (auto& phase : phases) {
    for (const auto& row : phase.rows) {
      phase.only_here += !row.fault_only && count.at(row.qualified) == 1 ? 1 : 0;
      flaky_pairs += row.stability.flaky() ? 1 : 0;
    }
  }
  for (const auto& [name, number] : count) {
    (number > 0 ? union_names : fault_only).push_back(name);
  }
  for (const auto& change : summary.changes) {
    (change.gained ? gained : lost).push_back(&change);
  }
  bounding = bounding_attempt(summary.attempts);
  gates = gates_of(summary, gained.size());
  runs_per_s = summary.elapsed_s > 0 ? static_cast<double>(summary.runs) / summary.elapsed_s : 0;
}

bool View::passed() const {
  return std::all_of(gates.begin(), gates.end(), [](const Gate& gate) { return gate.passed; });
}

std::string View::verdict() const {
  std::string text;
  for (const auto& gate : gates) {
    if (!gate.passed && gate.name != "convergence") {
      text += fmt::format("{}{}", text.empty() ? "Failed: " : ", ", gate.text);
    }
  }
  text += text.empty() ? "" : ". ";
  text +=
      fmt::format("{}: {} system call{} in {} phase{} after {} run{}",
                  summary.converged ? "Converged" : "Not converged", union_names.size(),
                  union_names.size() == 1 ? "" : "s", phases.size(), phases.size() == 1 ? "" : "s",
                  with_commas(summary.runs), summary.runs == 1 ? "" : "s");
  if (summary.converged && bounding != nullptr && bounding->bound) {
    text += fmt::format("; with {} confidence fewer than {} of further runs would show another",
                        percent(summary.plan.explore.confidence), percent(*bounding->bound));
  } else if (!summary.converged && !summary.stop_reason.empty()) {
    std::string reason = printable(summary.stop_reason);
    reason[0] =
        reason[0] >= 'a' && reason[0] <= 'z' ? static_cast<char>(reason[0] - 'a' + 'A') : reason[0];
    text += ". " + reason;
  }
  while (text.ends_with('.')) {
    text.pop_back();
  }
  return text + '.';
}

std::string replay_prefix(const CampaignSummary& summary) {
  const std::string directory =
      summary.directory.empty() ? summary.plan.name + ".campaign" : summary.directory;
  return fmt::format("harness replay {} ", shell_word(directory));
}

std::string replay_command(const CampaignSummary& summary, std::string_view input) {
  return replay_prefix(summary) + shell_word(input);
}

std::string run_facts(const View& view) {
  const auto& summary = view.summary;
  const auto elapsed = Duration(static_cast<std::int64_t>(summary.elapsed_s * 1e9));
  return fmt::format("{} run{} in {} ({:.1f} per second), {} input{} saved",
                     with_commas(summary.runs), summary.runs == 1 ? "" : "s",
                     format_duration(elapsed), view.runs_per_s, with_commas(summary.corpus),
                     summary.corpus == 1 ? "" : "s");
}

std::string estimates_text(const CampaignSummary& summary) {
  const auto& e = summary.estimates;
  if (!e.expected_new_pairs && !e.chao2 && !e.coverage) {
    return fmt::format("not estimable: {}", summary.profile.total_runs() < 2
                                                ? "fewer than two runs"
                                                : "no pair was seen in exactly one run");
  }
  std::vector<std::string> parts;
  if (e.chao2) {
    parts.push_back(fmt::format("at least {:.1f} pairs", *e.chao2));
    if (e.chao2_low && e.chao2_high) {
      parts.back() += fmt::format(" ({:.1f} to {:.1f})", *e.chao2_low, *e.chao2_high);
    }
  }
  if (e.coverage) {
    parts.push_back("coverage " + percent(*e.coverage));
  }
  if (e.expected_new_pairs) {
    parts.push_back(fmt::format("{:.2g} new pairs in the next run", *e.expected_new_pairs));
  }
  return fmt::format("{}; informational only", fmt::join(parts, ", "));
}

std::string percent(double share) {
  if (share <= 0) {
    return "0 %";
  }
  const double value = share * 100;
  if (value >= 99) { // never rounded up to a certainty
    return fmt::format("{:.10g} %", std::floor(value * 1000) / 1000);
  }
  return value < 1e-3 ? fmt::format("{:.6f} %", value) : fmt::format("{:.2g} %", value);
}

} // namespace harness::reports
