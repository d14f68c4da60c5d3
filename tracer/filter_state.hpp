// What FilterProtocol keeps with each thread and process. Plain data.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/phase.hpp"

#include <optional>

namespace harness::tracer {

/// A filter on its way into the kernel.
struct Installation {
  PhaseIndex filter = 0;          // of which phase
  bool whole_process = false;     // with TSYNC
  std::optional<unsigned> before; // how many filters the thread had
};

struct ThreadFilters {
  std::optional<PhaseIndex> newest;       // whose filter it got last
  std::optional<PhaseIndex> at_call;      // the same, when it began the call it is in
  std::optional<Installation> installing; // under way in this thread
  bool waiting = false;                   // stopped until another thread has installed
};

struct ProcessFilters {
  std::optional<PhaseIndex> learned; // discover: the filter over known calls is due from now on
  bool each_thread = false;          // its threads have filters of their own: no TSYNC
  std::optional<unsigned> before;    // filters a thread had before the last one for all
};

} // namespace harness::tracer
