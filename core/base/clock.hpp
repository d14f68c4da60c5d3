// Clock: time as a dependency that is passed in, so that campaigns can be replayed and tested with
// a manual clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace harness {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

class Clock {
public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

class SteadyClock final : public Clock {
public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
};

/// A clock that moves only when told to; for tests.
class ManualClock final : public Clock {
public:
  TimePoint now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

private:
  TimePoint now_{};
};

/// `duration` in seconds, for reports.
inline double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

} // namespace harness
