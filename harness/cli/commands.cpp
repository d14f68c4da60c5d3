#include "harness/cli/commands.hpp"

#include <array>

namespace harness::cli {

// One line a command, in its own file: harness/cli/NAME.cpp.
extern const Command trace_command;
extern const Command doctor_command;

std::span<const Command* const> commands() {
  static constexpr std::array table = {
      &trace_command,
      &doctor_command,
  };
  return table;
}

} // namespace harness::cli
