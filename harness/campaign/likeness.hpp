// Likeness: whether two programs did the same with an input, as far as it can be told of programs
// whose output changes by itself (times, process ids, addresses, the order of threads). Pure.
#pragma once

#include "harness/engine/printed.hpp"

#include <string>
#include <vector>

namespace harness::campaign {

/// What one run showed to the outside.
struct Showing {
  std::string end; // how it ended: describe(RunEnd)
  engine::Printed printed;
};

enum class Likeness {
  same,
  but_for_numbers,   // the original's numbers change from run to run as well
  changes_by_itself, // the original's output changes in other ways too: only the end is compared
  other_output,
  other_end,
};

/// `original`: at least two runs of the same program, which show what changes by itself.
Likeness likeness(const std::vector<Showing>& original, const Showing& other);

} // namespace harness::campaign
