// SystemLog: the sidecar "devlog", a listener at /dev/log. It gives a target the system log that a
// minimal sandbox lacks. Depends only on the kernel interface.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"
#include "workloads/event_flag.hpp"

#include <memory>
#include <thread>

namespace harness::workloads {

/// The name in plans and inputs.
constexpr const char* system_log_name = "devlog";

/// A datagram socket in the worker's own /dev; a thread drops what arrives, so that nobody who logs
/// has to wait. The path is removed at the end.
class SystemLog {
public:
  static Result<std::unique_ptr<SystemLog>> open();
  ~SystemLog();
  SystemLog(const SystemLog&) = delete;
  SystemLog& operator=(const SystemLog&) = delete;

private:
  explicit SystemLog(Fd socket);
  void drain() const;

  Fd socket_;
  EventFlag stop_;
  std::thread thread_;
};

} // namespace harness::workloads
