// ProgressObserver: who watches a campaign while it runs: the live screen, a log, nobody.
#pragma once

#include "reports/live.hpp"

#include <string>

namespace harness::pool {

class ProgressObserver {
public:
  virtual ~ProgressObserver() = default;
  /// About ten times a second.
  virtual void update(const reports::LiveState&) {}
  /// A pair is on disk that nobody had seen before.
  virtual void found(const reports::LiveFind&) {}
  /// Something that a person should know: a worker restarted, an input was set aside.
  virtual void message(const std::string&) {}
  /// The campaign is over; what follows is ordinary output.
  virtual void finished() {}
};

} // namespace harness::pool
