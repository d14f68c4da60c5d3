#include "harness/campaign/likeness.hpp"

#include <algorithm>

namespace harness::campaign {

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

} // namespace harness::campaign
