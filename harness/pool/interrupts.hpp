// Interrupts: Ctrl-C, SIGTERM and SIGHUP as a flag that also stops the event loop, so that whatever
// stage a campaign is in, it comes to its end in the ordinary way: everything saved and reported.
// SIGPIPE is ignored meanwhile: a worker that dies while it is written to ends nothing.
#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}

namespace harness::pool {

class Interrupts {
public:
  /// Takes the signals over from now until its end.
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
