// Names of signals and error numbers, as inputs, plans and reports write them. Pure; the C
// library's own tables, so that nothing is kept twice.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

/// 15 for "SIGTERM" (also "TERM"; SIGIO, SIGIOT and SIGCLD are known too); real-time signals are
/// "SIGRTMIN+3" or "SIGRTMAX-1".
std::optional<int> signal_number(std::string_view name);
/// "SIGTERM"; "SIGRTMIN+N" for real-time signals; "signal N" for a number that is none.
std::string signal_name(int number);

/// 28 for "ENOSPC"; aliases (EWOULDBLOCK, ENOTSUP, EDEADLOCK) are known.
std::optional<int> errno_number(std::string_view name);
/// "ENOSPC"; "errno N" for a number without a name.
std::string errno_name(int number);

/// Every name that `signal_number` and `errno_number` know without arithmetic, for "did you mean".
const std::vector<std::string>& signal_names();
const std::vector<std::string>& errno_names();

} // namespace harness
