// The names of the empty files that an input's `directory d entries 4000` makes: e0000, e0001, …
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace harness {

inline std::string entry_name(std::uint32_t index) {
  return fmt::format("e{:04}", index);
}

inline bool is_entry_name(std::string_view name) {
  constexpr std::size_t shortest = 5;
  return name.size() >= shortest && name.front() == 'e' &&
         std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace harness
