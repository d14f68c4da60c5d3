// Prints lines that contain names chosen by other people. Whatever bytes such a name has, the
// result is one line that a terminal shows and does not interpret.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace harness::cli {

/// On standard output.
void print_line(std::string_view line);
/// On standard error.
void print_error_line(std::string_view line);
/// "harness: COMMAND: LINE" on standard error.
void remark(std::string_view command, std::string_view line);

} // namespace harness::cli
