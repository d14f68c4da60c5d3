// WorkerSandbox: a place for a worker pool while it works: a scratch directory, the workers' log,
// and the command line by which a worker starts, in its sandbox or without one.
#pragma once

#include "core/base/fd.hpp"
#include "core/model/plan.hpp"
#include "harness/pool/worker_pool.hpp"

#include <string>
#include <vector>

namespace harness::pool {

class WorkerSandbox {
public:
  struct Options {
    bool isolation = true;
    std::vector<FilterProgram> filters; // for `verify`
    bool report_violations = false;
    std::string stand_in = {}; // this program where the target is looked for; only in isolation
  };
  /// Makes the scratch directory, and removes those of campaigns that were killed; throws
  /// std::runtime_error where it can't.
  explicit WorkerSandbox(Options options);
  ~WorkerSandbox(); // removes it
  WorkerSandbox(const WorkerSandbox&) = delete;
  WorkerSandbox& operator=(const WorkerSandbox&) = delete;

  /// A worker pool of `workers` for `plan`, not started.
  WorkerPool::Options pool_options(CampaignPlan plan, std::uint32_t workers) const;

private:
  void make_directory();
  Launch launch(const CampaignPlan& plan, const std::string& plan_text, WorkerNumber worker) const;

  Options options_;
  std::string directory_;
  Fd lock_; // held as long as we live: who has none left its directory behind
};

/// `asked`, the plan's number, or one per core.
std::uint32_t worker_count(const CampaignPlan& plan);

} // namespace harness::pool
