// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/commands.hpp"

#include <array>

namespace harness::cli {

// Each is defined in a file of its own, harness/cli/NAME.cpp.
extern const Command trace_command;
extern const Command merge_command;
extern const Command validate_command;
extern const Command minimize_command;
extern const Command explain_command;
extern const Command diff_command;
extern const Command status_command;
extern const Command init_command;
extern const Command policy_command;
extern const Command enforce_command;
extern const Command patch_command;
extern const Command verify_command;
extern const Command doctor_command;
extern const Command completion_command;
extern const Command manual_command;
extern const Command explore_command;
extern const Command replay_command;
extern const Command report_command;
extern const Command shrink_command;
extern const Command worker_command;
extern const Command init_look_command;

std::span<const Command* const> commands() {
  static constexpr std::array table = {
      &explore_command,   &trace_command,  &validate_command,   &merge_command,   &minimize_command,
      &status_command,    &report_command, &explain_command,    &diff_command,    &replay_command,
      &shrink_command,    &policy_command, &verify_command,     &enforce_command, &patch_command,
      &init_command,      &doctor_command, &completion_command, &manual_command,  &worker_command,
      &init_look_command,
  };
  return table;
}

} // namespace harness::cli
