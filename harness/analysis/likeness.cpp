#include "harness/analysis/likeness.hpp"

#include <algorithm>

namespace harness::analysis {

Likeness likeness(const std::vector<Showing>& original, const Showing& other) {
  const auto seen = [&](auto field) {
    return std::ranges::any_of(
        original, [&](const Showing& showing) { return field(showing) == field(other); });
  };
  const auto changes = [&](auto field) {
    return std::ranges::any_of(original, [&](const Showing& showing) {
      return field(showing) != field(original.front());
    });
  };
  const auto exact = [](const Showing& showing) { return showing.printed.exact; };
  const auto folded = [](const Showing& showing) { return showing.printed.folded; };
  if (!seen([](const Showing& showing) { return showing.end; })) {
    return Likeness::other_end;
  }
  if (seen(exact)) {
    return Likeness::same;
  }
  if (seen(folded)) {
    return changes(exact) ? Likeness::but_for_numbers : Likeness::other_output;
  }
  return changes(folded) ? Likeness::changes_by_itself : Likeness::other_output;
}

Alike likeness(const std::vector<Showing>& original, const std::vector<Showing>& others) {
  Alike like;
  Alike unlike;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Alike one{likeness(original, others[i]), i};
    differ += differs(one.likeness) ? 1 : 0;
    Alike& worst = differs(one.likeness) ? unlike : like;
    worst = one.likeness > worst.likeness ? one : worst;
  }
  if (2 * differ > others.size()) {
    return unlike;
  }
  return differ != 0 ? Alike{Likeness::seldom_other, unlike.shown_by} : like;
}

} // namespace harness::analysis
