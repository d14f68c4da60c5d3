// ReplaySession: runs inputs outside the search of a campaign: a worker pool, its sandbox and its
// event loop in one object, for `replay`, `shrink`, `minimize` and `verify`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/plan.hpp"
#include "harness/pool/replay.hpp"

#include <memory>
#include <vector>

namespace harness::pool {

class ReplaySession {
public:
  struct Options {
    bool isolation = true;
    std::uint32_t workers = 1;
    std::vector<FilterProgram> filters; // one a phase
    bool report_violations = false;
    std::string stand_in = {}; // see WorkerSandbox
  };
  /// `plan` is frozen. Throws UserError where targets can't be isolated.
  ReplaySession(const CampaignPlan& plan, Options options);
  ~ReplaySession();

  /// Outcomes in the order of `jobs`; incomplete after an interrupt.
  std::vector<ReplayOutcome> run(const std::vector<ReplayJob>& jobs,
                                 const std::function<void(std::size_t)>& done = {});
  bool interrupted() const;

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace harness::pool
