// Summaries that the tests and benchmarks of this room render: a small campaign that shows every
// kind of finding, the same with hostile names, and a large one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/summary.hpp"

#include <cstdint>
#include <string>

namespace harness::test {

/// A string with everything that ever broke a report: line ends, HTML, terminal escapes, invalid
/// UTF-8, separators of every format, bidirectional overrides.
extern const std::string hostile;

/// A redis-server campaign with two phases, one failed and one good attempt, a crash, a time-out, a
/// call that is flaky, one seen only under faults, one of a foreign architecture, and a baseline.
CampaignSummary example_summary();

/// A campaign that was interrupted before its first run.
CampaignSummary empty_summary();

/// example_summary with `hostile` in every text that a target or a user can choose.
CampaignSummary hostile_summary();

/// `calls` calls in each of four phases, `runs` runs, a curve of 2,000 points.
CampaignSummary large_summary(std::size_t calls, std::uint64_t runs);

} // namespace harness::test
