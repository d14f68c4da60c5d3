// Reproducibility: is a pair shown again by the input that showed it first? Every pair's reproducer
// is run a few times; k of n is written beside the pair. What these runs show besides (threads,
// process trees) is kept, too.
#pragma once

#include "harness/pool/interrupts.hpp"
#include "harness/pool/worker_pool.hpp"
#include "harness/store/campaign_recorder.hpp"

#include <functional>

namespace harness::campaign {

constexpr std::uint32_t reproducibility_repetitions = 5;

/// Labels every pair that has no label yet; stops early on an interrupt. `progress` hears how many
/// of how many reproducers are done.
Result<> check_reproducibility(boost::asio::io_context& context, pool::WorkerPool& workers,
                               const pool::Interrupts& interrupts,
                               store::CampaignRecorder& recorder,
                               const std::function<void(std::size_t, std::size_t)>& progress);

} // namespace harness::campaign
