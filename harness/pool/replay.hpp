// replay: runs given inputs a number of times in the workers of a pool and collects everything that
// they show. Used to try seeds, to check whether pairs are stable or flaky, and by the commands
// `replay`, `shrink` and `verify`. Such runs are not rows of the incidence matrix.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/pool/interrupts.hpp"
#include "harness/pool/worker_pool.hpp"

#include <functional>
#include <string>
#include <vector>

namespace harness::pool {

struct ReplayJob {
  std::string text;
  std::uint32_t times = 1;
  bool compare = false; // see engine::Replay
};

struct ReplayOutcome {
  std::vector<engine::Replayed> runs; // fewer than asked for: see `problem`
  std::string problem;                // why some are missing; "" = none is
};

/// Outcomes in the order of `jobs`; incomplete after an interrupt. `done` (may be empty) is
/// called with the number of finished jobs.
std::vector<ReplayOutcome> replay_all(boost::asio::io_context& context, WorkerPool& workers,
                                      const Interrupts& interrupts,
                                      const std::vector<ReplayJob>& jobs,
                                      const std::function<void(std::size_t)>& done = {});

} // namespace harness::pool
