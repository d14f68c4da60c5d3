// Runner: one Input in, one RunResult out: the workload prepares the run, the tracer makes it.
// Independent of libFuzzer and the coordinator.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "core/model/run_result.hpp"
#include "harness/engine/printed.hpp"
#include "tracer/kernel_memory.hpp"
#include "tracer/stop_flag.hpp"
#include "tracer/wait_log.hpp"
#include "workloads/workload.hpp"

#include <memory>
#include <string>
#include <vector>

namespace harness::engine {

/// What to look at in a run.
struct Watch {
  bool guide = true;                // edges, argument classes, strings, errnos as the plan says
  bool all_sites = false;           // a backtrace for every first sighting, known or not
  bool output = false;              // keep the output tail whatever the end
  bool compare = false;             // every call's errno, and `printed`
  SyscallSet known_sites;           // else: none for these
  SyscallSet free;                  // mode discover: calls of the last phase that need not stop
  tracer::WaitLog* waits = nullptr; // filled with where the target waits; for calibration
};

struct Shown {
  RunResult result;
  std::string output_tail; // of a run that failed, or where it was asked for
  Printed printed;         // where it was asked for
};

class Runner {
public:
  struct Options {
    std::string directory; // run directories go below it
    std::string hidden;
    bool isolated = true;
    std::vector<FilterProgram> filters;
    bool report_violations = false;
    tracer::KernelMemory* kernel = nullptr; // where calls are counted, if the run allows it
  };
  /// Throws UserError for a plan that cannot be carried out.
  Runner(const CampaignPlan& plan, Options options);

  Shown run(const Input& input, const Watch& watch, tracer::StopFlag& stop);

  /// The plan's phases with every `auto` one found by runs of `input`.
  Result<std::vector<Phase>> find_phases(const Input& input, tracer::StopFlag& stop) const;

  static constexpr std::size_t output_tail_bytes = 2048;

private:
  Mode mode_for(const Input& input) const;
  tracer::KernelMemory* kernel_for(const Watch& watch);
  TraceOptions options_for(const Input& input, const Watch& watch) const;

  CampaignPlan plan_;
  Options options_;
  std::unique_ptr<workloads::Workload> workload_;
  std::uint64_t guided_runs_ = 0;
};

} // namespace harness::engine
