// The text of `harness COMMAND --help`, made from the definition of the command.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/cli/commands.hpp"

#include <string>

namespace harness::cli {

/// Summary, usage, operands, options and examples in lines of at most `columns`.
std::string help_of(const Command& command, int columns);

} // namespace harness::cli
