// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/step_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace harness::cli {

namespace {
constexpr auto every = std::chrono::seconds(5);
constexpr const char* wipe = "\r\x1b[K";
} // namespace

StepLine::StepLine()
    : terminal_(::isatty(STDERR_FILENO) == 1), last_(std::chrono::steady_clock::now()) {}

StepLine::~StepLine() {
  if (terminal_) {
    fmt::print(stderr, "{}", wipe);
  }
}

void StepLine::show(const std::string& text) {
  if (terminal_) {
    fmt::print(stderr, "{}{}", wipe, text);
    return;
  }
  const TimePoint now = std::chrono::steady_clock::now();
  if (now - last_ >= every) {
    last_ = now;
    fmt::print(stderr, "{}\n", text);
  }
}

} // namespace harness::cli
