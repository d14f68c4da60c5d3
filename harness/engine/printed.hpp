// Printed: the output of a run in a form that is short enough to be sent and compared: a digest of
// its bytes, and a digest that ignores numbers, because in many programs numbers (times, process
// ids, addresses) differ from run to run. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace harness::engine {

struct Printed {
  std::string exact;
  std::string folded;
  friend bool operator==(const Printed&, const Printed&) = default;
};

/// So much of the end of a run's output is compared, and of the beginning of its replies.
inline constexpr std::size_t compared_bytes = std::size_t{1} << 20;

Printed printed_of(std::string_view output);

/// Each word of letters and digits with a digit in it becomes "#", each stretch of blanks one
/// blank: a longer number moves what stands beside it.
std::string fold_numbers(std::string_view text);

} // namespace harness::engine
