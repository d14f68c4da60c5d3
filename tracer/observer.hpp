// Observer: what is gathered besides counts when a RunSpec asks for it: edges, argument classes,
// errors, dictionary words. Knows no ptrace request but reads the caller's memory for words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/trace_options.hpp"
#include "tracer/kernel_memory.hpp"
#include "tracer/tracee.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>

namespace harness::tracer {

class Observer {
public:
  explicit Observer(const Observe& wanted)
      : wanted_(wanted), active_(wanted.edges || wanted.arguments || wanted.strings ||
                                 wanted.all_errno || !wanted.errno_of.empty()) {}

  /// Nothing is gathered but counts: `entry` need not be called.
  bool idle() const { return !active_; }
  /// True if the return of this call is to be seen, for its error.
  bool wants_exit(SyscallId call) const {
    return wanted_.all_errno || wanted_.errno_of.contains(call);
  }
  /// `previous`: the call before it in the same thread, if there was one.
  void entry(pid_t id, PhaseIndex phase, const SyscallInfo& info,
             const std::optional<SyscallId>& previous);
  void exit(PhaseIndex phase, SyscallId call, const SyscallInfo& info);
  /// What the kernel gathered of the same run.
  void add(const KernelTotals& totals);
  void report(RunResult& result) const;

private:
  void classes(PhaseIndex phase, const SyscallInfo& info);
  void words(pid_t id, const SyscallInfo& info);

  const Observe& wanted_;
  bool active_;
  std::map<std::tuple<PhaseIndex, SyscallId, SyscallId>, std::uint64_t> edges_;
  std::map<std::tuple<PhaseIndex, SyscallId, std::uint8_t, std::uint64_t>, std::uint64_t> classes_;
  std::map<std::tuple<PhaseIndex, SyscallId, int>, std::uint64_t> errnos_;
  std::set<std::string> words_;
};

} // namespace harness::tracer
