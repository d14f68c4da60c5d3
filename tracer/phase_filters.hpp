// What a phase's filter refuses, counted beside it, and the calls that no filter of ours may let
// run unseen.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/trace_options.hpp"
#include "tracer/tree.hpp"

#include <map>
#include <tuple>

namespace harness::tracer {

/// What `discover` never lets run free: without these we would not see processes come and filters
/// go. SyscallSet{} without discover.
SyscallSet always_seen();

/// Shadow evaluation: what the phases' filters would refuse.
class ViolationBook {
public:
  explicit ViolationBook(const TraceOptions& options) : options_(options) {}
  bool active() const { return options_.report_violations; }
  /// False if the filter of the process's phase refuses the call; it is then in the book.
  bool check(const Process& process, const SyscallInfo& info);
  void report(RunResult& result) const;

private:
  const TraceOptions& options_;
  std::map<std::tuple<PhaseIndex, SyscallId, std::uint32_t>, std::uint64_t> refused_;
};

} // namespace harness::tracer
