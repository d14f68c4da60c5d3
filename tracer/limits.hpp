// LimitWatch: whether a run has gone beyond its limits, looked at on the tracer's ticks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_result.hpp"
#include "core/model/run_spec.hpp"

#include <optional>
#include <span>

namespace harness::tracer {

class LimitWatch {
public:
  LimitWatch(const RunSpec& spec, TimePoint start) : spec_(spec), start_(start) {}

  /// The first limit that is passed now; `processes` are the ids of those alive.
  std::optional<LimitReached::Limit> check(TimePoint now, std::span<const pid_t> processes);

private:
  bool output_passed() const;
  bool memory_passed(std::span<const pid_t> processes) const;
  bool disk_passed() const;

  const RunSpec& spec_;
  TimePoint start_;
  unsigned looks_ = 0;
};

/// Bytes allocated below `directory`, without following links; stops counting beyond `enough`.
std::uint64_t disk_usage_bytes(const std::string& directory, std::uint64_t enough);

} // namespace harness::tracer
