// Control: the mailbox between a run's run driver (any thread) and the session (the tracer's
// thread).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/run_driver.hpp"
#include "tracer/stop_flag.hpp"

#include <atomic>
#include <mutex>
#include <variant>
#include <vector>

namespace harness::tracer {

struct MarkerRequest {
  std::string name;
};
struct SignalRequest {
  int signal = 0;
};
struct ExpectRequest {
  int signal = 0;
};
struct FinishRequest {
  Duration grace{};
};
using ControlRequest = std::variant<MarkerRequest, SignalRequest, ExpectRequest, FinishRequest>;

class Control final : public RunControl {
public:
  explicit Control(const StopFlag& flag) : flag_(flag) {}
  void marker(const std::string& name) override { post(MarkerRequest{name}); }
  void request_signal(int signal) override { post(SignalRequest{signal}); }
  void expect_signal(int signal) override { post(ExpectRequest{signal}); }
  void finish(Duration grace) override { post(FinishRequest{grace}); }

  /// Cheap when there is none.
  bool pending() const { return pending_.load(std::memory_order_acquire); }
  std::vector<ControlRequest> take();

private:
  void post(ControlRequest request);
  const StopFlag& flag_;
  std::atomic<bool> pending_ = false;
  std::mutex mutex_;
  std::vector<ControlRequest> requests_;
};

} // namespace harness::tracer
