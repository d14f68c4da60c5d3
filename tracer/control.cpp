// SPDX-License-Identifier: Apache-2.0
#include "tracer/control.hpp"

#include <utility>

namespace harness::tracer {

void Control::post(ControlRequest request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    pending_.store(true, std::memory_order_release);
  }
  flag_.wake();
}

std::vector<ControlRequest> Control::take() {
  const std::lock_guard lock(mutex_);
  pending_.store(false, std::memory_order_release);
  return std::exchange(requests_, {});
}

} // namespace harness::tracer
