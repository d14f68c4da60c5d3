// Argument conditions: for the calls where it matters most, only the observed values of the
// decisive scalar argument are allowed. Pointers are never compared, because the memory they point
// to can change after the check.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/policy.hpp"
#include "core/model/profile.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace harness::policy {

/// One value that was seen. `value` may carry more bits than count.
struct SeenArgument {
  std::string phase;
  SyscallId call;
  std::uint8_t argument = 0;
  std::uint64_t value = 0;
  std::uint64_t times = 0;
};

/// The argument that decides what a call may be used for.
struct DecisiveArgument {
  std::string_view call;
  std::uint8_t argument = 0;
  std::uint64_t mask = 0; // the bits that count
  std::string_view what;  // "family"
};

/// Sorted by call.
std::span<const DecisiveArgument> decisive_arguments();

/// Restricts each phase's observed calls of decisive_arguments() to the values that this and later
/// phases showed. A call stays allowed whole where it has more than `limit` values, or where fewer
/// values are on record than `profile` has calls: an unseen one might be another. Returns one line
/// a call that was restricted or left whole, for the user.
std::vector<std::string> add_conditions(Policy& policy, const Profile& profile,
                                        std::span<const SeenArgument> seen, std::size_t limit);

} // namespace harness::policy
