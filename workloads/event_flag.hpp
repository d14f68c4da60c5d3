// EventFlag: lets one thread end the wait of another, without polling and without signals. Depends
// only on the kernel interface.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.hpp"
#include "core/base/fd.hpp"

#include <algorithm>
#include <cstdint>
#include <poll.h>
#include <span>
#include <sys/eventfd.h>
#include <unistd.h>

namespace harness::workloads {

/// Set once and never reset; any number of threads may poll `fd` for POLLIN.
class EventFlag {
public:
  EventFlag() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  void set() const {
    const std::uint64_t one = 1;
    (void)!::write(event_.get(), &one, sizeof one);
  }
  int fd() const { return event_.get(); }
  bool is_set() const {
    pollfd wait{event_.get(), POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
  }

private:
  Fd event_;
};

/// poll(2) until `deadline`; true if any descriptor has an event.
inline bool poll_until(std::span<pollfd> waits, TimePoint deadline) {
  const auto left = std::max(deadline - TimePoint(std::chrono::steady_clock::now()), Duration{});
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec time{whole.count(), static_cast<long>((left - whole).count())};
  return ::ppoll(waits.data(), waits.size(), &time, nullptr) > 0;
}

/// Signals belong to the main thread; helper threads call this first.
void block_signals_here();

} // namespace harness::workloads
