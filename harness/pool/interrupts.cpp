// SPDX-License-Identifier: Apache-2.0
#include "harness/pool/interrupts.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace harness::pool {

struct Interrupts::Impl {
  explicit Impl(boost::asio::io_context& where)
      : context(where), signals(where, SIGINT, SIGTERM, SIGHUP),
        pipe_before(std::signal(SIGPIPE, SIG_IGN)) {}
  ~Impl() { std::signal(SIGPIPE, pipe_before); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void wait() {
    signals.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) {
        requested = true;
        context.stop();
        wait(); // a second signal must not kill harness while it writes reports
      }
    });
  }

  boost::asio::io_context& context;
  boost::asio::signal_set signals;
  // Writing to a worker that was just killed, or to a closed standard output, is an error like any
  // other and must not end the campaign. Workers and targets set their own disposition.
  void (*pipe_before)(int);
  bool requested = false;
};

Interrupts::Interrupts(boost::asio::io_context& context) : impl_(std::make_unique<Impl>(context)) {
  impl_->wait();
}

Interrupts::~Interrupts() = default;

bool Interrupts::requested() const {
  return impl_->requested;
}

} // namespace harness::pool
