// Reproducibility check: does the input that first showed a pair show it again? The reproducer of
// every pair runs a few times, and k of n is recorded with the pair. These runs also provide the
// threads and process trees of the report.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/pool/interrupts.hpp"
#include "harness/pool/worker_pool.hpp"
#include "harness/store/campaign_recorder.hpp"

#include <functional>

namespace harness::campaign {

constexpr std::uint32_t reproducibility_repetitions = 5;

/// Checks every pair that was not checked yet; stops early on an interrupt. `progress` is called
/// with the number of reproducers done and of all reproducers.
Result<> check_reproducibility(boost::asio::io_context& context, pool::WorkerPool& workers,
                               const pool::Interrupts& interrupts,
                               store::CampaignRecorder& recorder,
                               const std::function<void(std::size_t, std::size_t)>& progress);

} // namespace harness::campaign
