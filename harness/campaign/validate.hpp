// validate: makes fresh runs from the frozen generator of a campaign directory, or a shard of them,
// in a directory of its own. `merge` into the campaign closes the attempt. Shards need no
// communication: the generator and the random seed of each run follow from the content of the
// campaign directory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/shard.hpp"
#include "harness/campaign/frozen_generator.hpp"
#include "harness/pool/observer.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace harness::campaign {

struct ValidateOptions {
  std::string campaign;  // its directory; only read
  std::string directory; // "" = beside it, NAME.fresh-2-of-3.campaign
  Shard shard;
  std::optional<std::uint32_t> workers;
  bool resume = false; // a part that was begun is repeated, a finished one is kept
  bool isolation = true;
  std::string version; // of harness
};

struct ValidateResult {
  FrozenGenerator frozen;
  std::string directory;
  stats::Attempt part; // what was drawn here
  bool interrupted = false;
};

/// Throws UserError for a request that cannot be carried out, std::runtime_error for a failure of
/// harness.
ValidateResult validate(const ValidateOptions& options, pool::ProgressObserver& observer);

} // namespace harness::campaign
