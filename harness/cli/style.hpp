// The style of one of our output streams, decided by reports::style_of from facts about the
// terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/style.hpp"

namespace harness::cli {

/// For text that goes to the descriptor `fd`: colors and width if it is a terminal.
reports::Style style_for(int fd);

} // namespace harness::cli
