// Calibration: what happens before a campaign has a directory: `auto` phases become concrete ones
// by calibration runs, every seed is tried, and a phase that none of them reaches is the plan's
// mistake. All of it in sandboxed workers.
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
CampaignPlan resolve_phases(boost::asio::io_context& context, const pool::WorkerSandbox& room,
                            const pool::Interrupts& interrupts, CampaignPlan plan,
                            const std::vector<plan::Seed>& seeds, const PlanFile& file);

/// Runs every seed once. Throws UserError if the target can't be launched or a phase isn't reached.
/// `workers` goes on living. `progress` hears how many of how many are done.
void try_seeds(boost::asio::io_context& context, pool::WorkerPool& workers,
               const pool::Interrupts& interrupts, const CampaignPlan& plan,
               const std::vector<plan::Seed>& seeds, const PlanFile& file,
               const std::function<void(std::size_t, std::size_t)>& progress);

} // namespace harness::campaign
