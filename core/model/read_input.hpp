// Inputs that a person wrote: seeds, and files that are replayed. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/input.hpp"

#include <string>
#include <string_view>

namespace harness {

/// What `file`, whose content is `text`, says. Throws UserError with the line and what to write
/// instead.
Input read_input(std::string_view text, const std::string& file);

} // namespace harness
