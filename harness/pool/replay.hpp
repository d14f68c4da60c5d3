// replay: runs given inputs a number of times in the workers of a pool and collects all that they
// show. By this seeds are tried, finds labeled stable or flaky, and `replay`, `shrink` and `verify`
// look at inputs. Such runs are no rows of the incidence matrix.
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

/// Outcomes in the order of `jobs`; incomplete after an interrupt. `done` (may be empty) hears how
/// many jobs are over.
std::vector<ReplayOutcome> replay_all(boost::asio::io_context& context, WorkerPool& workers,
                                      const Interrupts& interrupts,
                                      const std::vector<ReplayJob>& jobs,
                                      const std::function<void(std::size_t)>& done = {});

} // namespace harness::pool
