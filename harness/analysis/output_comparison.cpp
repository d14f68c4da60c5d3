// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/output_comparison.hpp"

#include <algorithm>

namespace harness::analysis {

OutputComparison compare_output(const std::vector<Observation>& original,
                                const Observation& other) {
  const auto seen = [&](auto field) {
    return std::ranges::any_of(
        original, [&](const Observation& showing) { return field(showing) == field(other); });
  };
  const auto changes = [&](auto field) {
    return std::ranges::any_of(original, [&](const Observation& showing) {
      return field(showing) != field(original.front());
    });
  };
  const auto exact = [](const Observation& showing) { return showing.printed.exact; };
  const auto folded = [](const Observation& showing) { return showing.printed.folded; };
  if (!seen([](const Observation& showing) { return showing.end; })) {
    return OutputComparison::other_end;
  }
  if (seen(exact)) {
    return OutputComparison::same;
  }
  if (seen(folded)) {
    return changes(exact) ? OutputComparison::but_for_numbers : OutputComparison::other_output;
  }
  return changes(folded) ? OutputComparison::changes_by_itself : OutputComparison::other_output;
}

ComparedOutput compare_output(const std::vector<Observation>& original,
                              const std::vector<Observation>& others) {
  ComparedOutput like;
  ComparedOutput unlike;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    const ComparedOutput one{compare_output(original, others[i]), i};
    differ += differs(one.compare_output) ? 1 : 0;
    ComparedOutput& worst = differs(one.compare_output) ? unlike : like;
    worst = one.compare_output > worst.compare_output ? one : worst;
  }
  if (2 * differ > others.size()) {
    return unlike;
  }
  return differ != 0 ? ComparedOutput{OutputComparison::seldom_other, unlike.shown_by} : like;
}

} // namespace harness::analysis
