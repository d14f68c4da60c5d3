// Runs a RunSpec without tracing it, and calls its run driver as the tracer would: so that
// workloads are tested with real programs and nothing above them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_spec.hpp"

#include <string>
#include <vector>

namespace harness::test {

struct Ended {
  int status = -1; // exit status, or 128 + signal
  std::vector<std::string> markers;
  std::vector<int> sent;     // by request_signal
  std::vector<int> expected; // by expect_signal
  bool finish_asked = false;
  bool killed = false; // because the grace or `patience` was over
};

struct RunnerOptions {
  /// The server is ready once its captured standard output holds this; "" = never.
  std::string ready_text;
  /// This phase is entered at once; 0 = none.
  PhaseIndex phase = 0;
  Duration patience = std::chrono::seconds(20);
};

Ended run_untraced(const RunSpec& spec, const RunnerOptions& options = {});

} // namespace harness::test
