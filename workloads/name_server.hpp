// NameServer: the sidecar "nameserver", which answers at port 53 of the loopback interface that
// every name is this machine. Without it this port is closed, and only names in /etc/hosts can be
// resolved. Depends only on the kernel interface.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/fd.hpp"
#include "core/base/result.hpp"
#include "workloads/event_flag.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace harness::workloads {

/// The name in plans and inputs.
constexpr const char* name_server_name = "nameserver";

/// The answer to a query (RFC 1035, section 4): 127.0.0.1 to a question for an address of version
/// 4, no record to any other; nothing to what is no query.
std::optional<std::string> name_answer(std::string_view query);

/// A datagram socket in the worker's own network; a thread answers.
class NameServer {
public:
  static Result<std::unique_ptr<NameServer>> open();
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

private:
  explicit NameServer(Fd socket);
  void answer() const;

  Fd socket_;
  EventFlag stop_;
  std::thread thread_;
};

} // namespace harness::workloads
