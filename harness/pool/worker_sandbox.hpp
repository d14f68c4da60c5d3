// WorkerSandbox: where a worker pool runs: a scratch directory, the log of the workers, and the
// command line that starts a worker, in its sandbox or without one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/model/plan.hpp"
#include "harness/pool/worker_pool.hpp"
#include "tracer/kernel_observer.hpp"

#include <string>
#include <vector>

namespace harness::pool {

class WorkerSandbox {
public:
  struct Options {
    bool isolation = true;
    std::vector<FilterProgram> filters; // for `verify`
    bool report_violations = false;
    std::string stand_in = {}; // program that replaces the target; only in isolation
  };
  /// Creates the scratch directory and removes those of campaigns that were killed. Throws
  /// std::runtime_error if this fails.
  explicit WorkerSandbox(Options options);
  ~WorkerSandbox(); // removes it
  WorkerSandbox(const WorkerSandbox&) = delete;
  WorkerSandbox& operator=(const WorkerSandbox&) = delete;

  /// Workers that start from now on count calls with `kernel`, each with the share of its number;
  /// null: by ptrace. Borrowed.
  void count_with(const tracer::KernelObserver* kernel) { kernel_ = kernel; }

  /// A worker pool of `workers` for `plan`, not started.
  WorkerPool::Options pool_options(CampaignPlan plan, std::uint32_t workers) const;

private:
  void make_directory();
  Launch launch(const CampaignPlan& plan, const std::string& plan_text, WorkerNumber worker) const;

  Options options_;
  const tracer::KernelObserver* kernel_ = nullptr;
  std::string directory_;
  Fd lock_; // held until the end: an unlocked directory was left behind by a killed process
};

/// `asked`, the plan's number, or one per core.
std::uint32_t worker_count(const CampaignPlan& plan);

} // namespace harness::pool
