// The kernel as oracle: installs a filter in a child process and asks it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/filter_program.hpp"

#include <array>
#include <optional>
#include <vector>

namespace harness::test {

struct Question {
  std::int32_t number = 0;
  std::array<std::uint64_t, 6> arguments{};
};

/// True if the kernel takes the program as a filter (asked in a child, which is gone afterwards).
bool kernel_takes(const FilterProgram& program);

/// What each call returns (a negative errno, or the result) in a child under `program`, which must
/// answer every question without ending the child. Nothing if the kernel refuses the program.
std::optional<std::vector<long>> ask_kernel(const FilterProgram& program,
                                            const std::vector<Question>& questions);

} // namespace harness::test
