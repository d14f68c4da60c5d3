// Interrupts: Ctrl-C, SIGTERM and SIGHUP as a flag that also stops the event loop, so that every
// stage of a campaign ends in the ordinary way, with everything saved and reported. SIGPIPE is
// ignored meanwhile, so that writing to a worker that just died is an ordinary error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}

namespace harness::pool {

class Interrupts {
public:
  /// Handles the signals for the lifetime of the object.
  explicit Interrupts(boost::asio::io_context& context);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  bool requested() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace harness::pool
