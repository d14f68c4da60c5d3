// ProgressObserver: what receives the progress of a campaign while it runs: the live screen, a log,
// or nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/live.hpp"

#include <string>

namespace harness::pool {

class ProgressObserver {
public:
  virtual ~ProgressObserver() = default;
  /// About ten times a second.
  virtual void update(const reports::LiveState&) {}
  /// A new pair was found and is on disk.
  virtual void found(const reports::LiveFind&) {}
  /// A message for a person: a worker was restarted, an input was quarantined.
  virtual void message(const std::string&) {}
  /// The campaign is over; what follows is ordinary output.
  virtual void finished() {}
};

} // namespace harness::pool
