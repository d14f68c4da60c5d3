// Calibration: what is done before a campaign has a directory. Runs determine concrete triggers for
// `auto` phases, every seed is tried, and a phase that no seed reaches is reported as an error in
// the plan. All of this happens in sandboxed workers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/plan/plan.hpp"
#include "harness/plan/seeds.hpp"
#include "harness/pool/interrupts.hpp"
#include "harness/pool/worker_sandbox.hpp"

#include <string>
#include <vector>

namespace harness::campaign {

struct PlanFile {
  std::string path;
  plan::PlanPlaces places;
};

/// `plan` with concrete triggers, by runs of some of the seeds. Throws UserError where that doesn't
/// work. Returns `plan` as it is without `auto` phases, or after an interrupt.
CampaignPlan resolve_phases(boost::asio::io_context& context, const pool::WorkerSandbox& sandbox,
                            const pool::Interrupts& interrupts, CampaignPlan plan,
                            const std::vector<plan::Seed>& seeds, const PlanFile& file);

/// Runs every seed once. Throws UserError if the target can't be launched or a phase isn't reached.
/// `workers` stays usable. `progress` hears how many of how many are done.
void try_seeds(boost::asio::io_context& context, pool::WorkerPool& workers,
               const pool::Interrupts& interrupts, const CampaignPlan& plan,
               const std::vector<plan::Seed>& seeds, const PlanFile& file,
               const std::function<void(std::size_t, std::size_t)>& progress);

} // namespace harness::campaign
