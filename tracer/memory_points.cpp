// SPDX-License-Identifier: Apache-2.0
#include "tracer/memory_points.hpp"

#include "core/base/fd.hpp"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace harness::tracer {

namespace {

constexpr std::uint8_t breakpoint = 0xcc;

/// /proc/PID/mem writes exactly one byte, even to read-only text; POKETEXT would write eight.
class Memory {
public:
  explicit Memory(pid_t id) {
    char path[32];
    std::snprintf(path, sizeof path, "/proc/%d/mem", id);
    file_ = Fd(::open(path, O_RDWR | O_CLOEXEC));
  }
  std::optional<std::uint8_t> read(std::uint64_t address) const {
    std::uint8_t byte = 0;
    return ::pread(file_.get(), &byte, 1, static_cast<off_t>(address)) == 1 ? std::optional(byte)
                                                                            : std::nullopt;
  }
  bool write(std::uint64_t address, std::uint8_t byte) const {
    return ::pwrite(file_.get(), &byte, 1, static_cast<off_t>(address)) == 1;
  }

private:
  Fd file_;
};

} // namespace

MemoryPoints::Armed MemoryPoints::arm(pid_t id, std::uint64_t address, PhaseIndex phase) {
  const auto same = std::find_if(points_.begin(), points_.end(),
                                 [&](const Point& point) { return point.address == address; });
  if (same != points_.end()) {
    same->phase = std::max(same->phase, phase);
    return Armed::already;
  }
  const Memory memory(id);
  const auto byte = memory.read(address);
  if (!byte) {
    return Armed::unreachable;
  }
  if (*byte == breakpoint) {
    return Armed::occupied;
  }
  if (!memory.write(address, breakpoint)) {
    return Armed::unreachable;
  }
  points_.push_back({address, *byte, phase});
  return Armed::yes;
}

std::optional<MemoryPoints::Hit> MemoryPoints::hit(pid_t id, std::uint64_t address) {
  const auto point = std::find_if(points_.begin(), points_.end(),
                                  [&](const Point& known) { return known.address == address; });
  if (point == points_.end()) {
    return std::nullopt;
  }
  // The byte itself tells: a fork may have copied it before another thread's hit restored it.
  const Memory memory(id);
  if (memory.read(address) != breakpoint) {
    return Hit{point->phase, false};
  }
  memory.write(address, point->original);
  return Hit{point->phase, true};
}

void MemoryPoints::disarm(pid_t id) const {
  if (points_.empty()) {
    return;
  }
  const Memory memory(id);
  for (const Point& point : points_) {
    if (memory.read(point.address) == breakpoint) {
      memory.write(point.address, point.original);
    }
  }
}

} // namespace harness::tracer
