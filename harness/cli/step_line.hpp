// StepLine: how far a long command has come, on standard error: one line that is redrawn on a
// terminal, a line every few seconds in a log.
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
