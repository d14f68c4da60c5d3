// StepLine: the progress of a long command on standard error: one line that is redrawn on a
// terminal, or a line every few seconds in a log.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"

#include <string>

namespace harness::cli {

class StepLine {
public:
  StepLine();
  ~StepLine(); // wipes what it drew
  StepLine(const StepLine&) = delete;
  StepLine& operator=(const StepLine&) = delete;

  void show(const std::string& text);

private:
  bool terminal_;
  TimePoint last_; // when a log was told, or the command began
};

} // namespace harness::cli
