// What `harness COMMAND --help` prints, made from the command's own definition.
#pragma once

#include "harness/cli/commands.hpp"

#include <string>

namespace harness::cli {

/// Summary, usage, operands, options and examples in lines of at most `columns`.
std::string help_of(const Command& command, int columns);

} // namespace harness::cli
