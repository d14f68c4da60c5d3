// One definition of options at the start of a line of help: "-w, --width=COLS  set the width".
// Private to mutators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mutators/help_text.hpp"

#include <optional>
#include <string_view>

namespace harness::mutators {

/// The options that `line` (trimmed) defines; nothing if it begins with none.
std::optional<FoundOption> read_option_line(std::string_view line);

/// Values that a description lists: {a|b}, 'always', 'auto' or 'never', …; at least two, else none.
std::vector<std::string> listed_choices(std::string_view text);

} // namespace harness::mutators
