// SPDX-License-Identifier: Apache-2.0
#include "tracer/observer.hpp"

#include "tracer/argument_rules.hpp"

namespace harness::tracer {

namespace {

constexpr std::size_t max_words = 4096;
constexpr std::size_t longest_word = 255;
// ERESTARTSYS and its kin never reach the target: the kernel makes the call again.
constexpr int first_restart_code = 512;

} // namespace

void Observer::entry(pid_t id, PhaseIndex phase, const SyscallInfo& info,
                     const std::optional<SyscallId>& previous) {
  if (wanted_.edges && previous) {
    ++edges_[{phase, *previous, info.call}];
  }
  if (info.call.arch != AuditArch::x86_64) {
    return; // the argument tables are of x86_64 numbers
  }
  if (wanted_.arguments) {
    classes(phase, info);
  }
  if (wanted_.strings && words_.size() < max_words) {
    words(id, info);
  }
}

void Observer::classes(PhaseIndex phase, const SyscallInfo& info) {
  for (const auto& rule : classed_arguments(info.call.number)) {
    ++classes_[{phase, info.call, rule.argument, info.args[rule.argument] & rule.mask}];
  }
}

void Observer::words(pid_t id, const SyscallInfo& info) {
  for (const auto& rule : text_arguments(info.call.number)) {
    auto word = read_text(id, info.args[rule.argument], longest_word);
    if (word && !word->empty()) {
      words_.insert(std::move(*word));
    }
  }
}

void Observer::exit(PhaseIndex phase, SyscallId call, const SyscallInfo& info) {
  const auto code = static_cast<int>(-info.value);
  if (info.failed && code > 0 && code < first_restart_code && wants_exit(call)) {
    ++errnos_[{phase, call, code}];
  }
}

void Observer::add(const KernelTotals& totals) {
  for (const auto& edge : totals.edges) {
    edges_[{edge.phase, edge.from, edge.to}] += edge.times;
  }
  for (const auto& seen : totals.arguments) {
    classes_[{seen.phase, seen.call, seen.argument, seen.value}] += seen.times;
  }
  for (const auto& seen : totals.errnos) {
    if (wants_exit(seen.call)) {
      errnos_[{seen.phase, seen.call, seen.code}] += seen.times;
    }
  }
}

void Observer::report(RunResult& result) const {
  for (const auto& [key, times] : edges_) {
    result.edges.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), times});
  }
  for (const auto& [key, times] : classes_) {
    result.arguments.push_back(
        {std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), times});
  }
  for (const auto& [key, times] : errnos_) {
    result.errnos.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), times});
  }
  result.strings.assign(words_.begin(), words_.end());
}

} // namespace harness::tracer
