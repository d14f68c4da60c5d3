// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/output.hpp"

#include "core/base/text.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace harness::cli {

void print_line(std::string_view line) {
  fmt::print("{}\n", printable(line));
}

void print_error_line(std::string_view line) {
  fmt::print(stderr, "{}\n", printable(line));
}

void remark(std::string_view command, std::string_view line) {
  fmt::print(stderr, "harness: {}: {}\n", command, printable(line));
}

} // namespace harness::cli
