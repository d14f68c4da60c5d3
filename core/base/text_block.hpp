// Shows blocks of text that targets write (inputs, the end of an output) to a person.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace harness {

/// As printable() of text.hpp, but line ends and tabs stay.
std::string printable_lines(std::string_view text);

} // namespace harness
