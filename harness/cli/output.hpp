// Lines that our own words and other people's names make up. Whatever bytes the names hold, each
// stays one line that a terminal shows and does not act upon.
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
