// Labels: is a pair shown again by the input that showed it first? Every pair's witness is run a
// few times; k of n is written beside the pair. What these runs show besides (threads, process
// trees) is kept, too.
#pragma once

#include "harness/pool/crew.hpp"
#include "harness/pool/interrupts.hpp"
#include "harness/store/ledger.hpp"

#include <functional>

namespace harness::campaign {

constexpr std::uint32_t label_repetitions = 5;

/// Labels every pair that has no label yet; stops early on an interrupt. `progress` hears how many
/// of how many witnesses are done.
Result<> label_pairs(boost::asio::io_context& context, pool::Crew& crew,
                     const pool::Interrupts& interrupts, store::Ledger& ledger,
                     const std::function<void(std::size_t, std::size_t)>& progress);

} // namespace harness::campaign
