// Validate: draws fresh runs from the frozen generator that a campaign directory is, or a shard of
// them, into a directory of its own; `merge` into the campaign closes the attempt. Shards need no
// talk: the generator and each run's chance follow from what the directory holds.
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
  bool resume = false; // a part that was begun is drawn again, one that is drawn is left
  bool isolation = true;
  std::string version; // of harness
};

struct ValidateResult {
  FrozenGenerator frozen;
  std::string directory;
  stats::Attempt part; // what was drawn here
  bool interrupted = false;
};

/// Throws UserError for what was asked in vain, std::runtime_error where we fail.
ValidateResult validate(const ValidateOptions& options, pool::ProgressObserver& observer);

} // namespace harness::campaign
