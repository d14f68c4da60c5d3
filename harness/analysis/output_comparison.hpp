// OutputComparison: whether two programs behaved the same with an input, even if their output
// varies by itself (times, process ids, addresses, the order of threads). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/engine/printed.hpp"

#include <string>
#include <vector>

namespace harness::analysis {

/// What one run showed to the outside.
struct Observation {
  std::string end; // how it ended: describe(RunEnd)
  engine::Printed printed;
};

enum class OutputComparison {
  same,
  but_for_numbers,   // the original's numbers change from run to run as well
  changes_by_itself, // the original's output changes in other ways too: only the end is compared
  seldom_other,      // of several runs of the other program, the smaller part differs
  other_output,
  other_end,
};

inline bool differs(OutputComparison compare_output) {
  return compare_output == OutputComparison::other_output ||
         compare_output == OutputComparison::other_end;
}

/// `original`: at least two runs of the same program, which show what changes by itself.
OutputComparison compare_output(const std::vector<Observation>& original, const Observation& other);

/// What several runs of the other program come to, and the one that shows it. Where chance alone
/// decides what is shown, five of nine runs show what ten of the original never did once in 92
/// times (Fisher's exact test); so half of the runs is the limit.
struct ComparedOutput {
  OutputComparison compare_output = OutputComparison::same;
  std::size_t shown_by = 0; // of `others`
};
ComparedOutput compare_output(const std::vector<Observation>& original,
                              const std::vector<Observation>& others);

} // namespace harness::analysis
