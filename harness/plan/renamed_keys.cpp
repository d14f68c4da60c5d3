// SPDX-License-Identifier: Apache-2.0
#include "harness/plan/renamed_keys.hpp"

#include <array>
#include <utility>

namespace harness::plan {

std::optional<std::string_view> renamed_key(std::string_view old) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> names = {
      {{"least", "min"},
       {"most", "max"},
       {"most_options", "max_options"},
       {"needs", "extra_paths"},
       {"neighbours", "sidecars"}}};
  for (const auto& [before, now] : names) {
    if (before == old) {
      return now;
    }
  }
  return std::nullopt;
}

} // namespace harness::plan
