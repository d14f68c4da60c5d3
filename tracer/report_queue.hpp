// ReportQueue: the order in which a run's tracees are served. The kernel offers the newest waiting
// tracee first, and one that is resumed at once is soon waiting again, so that busy new threads
// would starve older ones. The queue therefore collects every waiting report before any tracee of
// it is resumed, and serves them in that order:
//
//   ReportQueue reports;
//   for (;;) { Report report = reports.next(tree.alive()); … resume its tracee … }
//
// A wait for any child makes the kernel look at each tracee. Where there are many, the thread that
// was resumed last is asked for first, by its id, which costs the same for any number of threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer/event.hpp"

#include <cstddef>
#include <deque>

namespace harness::tracer {

class ReportQueue {
public:
  /// The next report; blocks until there is one or a signal interrupts the wait. `tracees`: how
  /// many are alive, which decides how long the last one is asked for by its id.
  Report next(std::size_t tracees);
  /// Does not block: WaitInterrupted means nothing to report.
  Report next_at_once();

private:
  /// Collects whatever else is waiting.
  void collect();
  /// True if the thread that was served last has reported again.
  bool collect_last(std::size_t tracees);
  Report take();

  std::deque<Report> waiting_;
  pid_t last_served_ = 0;      // the tracee of the last report that was taken
  unsigned served_in_row_ = 0; // how often it has been asked for before all others
};

} // namespace harness::tracer
